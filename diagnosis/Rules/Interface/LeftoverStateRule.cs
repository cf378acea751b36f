// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: a persistent TUN device without a program in the place of the mesh's device; or, as a note, a wg-quick rule whose table is empty and whose mark no
/// device has.
/// Threshold: as for a device that is missing.
/// Traps: a second instance on purpose has its program, so its device has a carrier; an empty table harms nobody.
/// </summary>
internal sealed class LeftoverStateRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-LEFTOVER-STATE", Layer.Namespace, Severity.Warning, "An earlier instance left its state behind")
    {
        Precedence = Rules.Precedence.Device + 1,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "A container on the host's network leaves devices, rules and filters behind when it dies. The next instance finds its name taken and does not start, or "
            + "works beside rules that belong to nobody.",
        FalsifiedBy = "A running program owns the device or the rule.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => LostDevices.Find(mesh)
        .Where(lost => lost.IsLeftover)
        .Select(lost => LostDeviceFindings.Usurped(
            Descriptor, lost, $"On {lost.Host.Node.Name} the TUN device {DisplayText.Name(lost.Name)} was left behind by a program that is gone; a new one cannot make its own.", 0.9).Build())
        .Concat(mesh.Devices.SelectMany(OrphanRules));

    // The pair that wg-quick adds for a default route, without its device.
    private IEnumerable<RuleFinding> OrphanRules(DeviceView device)
    {
        var ns = device.Namespace;
        if (!ns.RoutesRead || ns.Devices[0] != device) yield break;
        var orphans = Safe.List(ns.Facts.Rules)
            .Where(rule => rule is { Invert: true, Action: 1, Mark: > 0, OtherSelectors: false } && rule.Mark == rule.Table
                && !ns.Routes.Any(route => route.Table == rule.Table && route.Destination.Family == rule.Family)
                && !ns.Devices.Exists(other => other.Fact.FirewallMark == rule.Mark))
            .ToList();
        if (orphans.Count == 0) yield break;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} has {orphans.Count} routing rules of a tunnel that is gone (table {orphans[0].Table} is empty).",
            Confidence = 0.7,
            Severity = Severity.Info,
            Place = ns,
        };
        foreach (var rule in orphans)
        {
            draft.Evidence(ns, rule.Family == IpFamily.IPv6 ? "ip -6 rule" : "ip rule", NamespaceCommands.Text(rule) ?? "a rule", $"routes in table {rule.Table}");
            draft.Mend(new NamespaceCommands(ns).DeleteRule(rule));
        }

        yield return draft.Build();
    }
}
