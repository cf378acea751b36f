// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>
/// Signal: rules or routes of a device that systemd-networkd did not make are gone, on a node where networkd runs, removes what it does not know, and was
/// started again since the boot.
/// Threshold: networkd started five minutes or more after the machine; rules it removes wherever they lead, routes on links that one of its files matches: there
/// single ones count as well, elsewhere none, and where the links are not known only all of a device at once.
/// Traps: ManageForeignRoutes=no and ManageForeignRoutingPolicyRules=no keep it from doing so; its own tunnels; a loss without a restart has another reason.
/// </summary>
internal sealed class NetworkdFlushRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-NETWORKD-FLUSH", Layer.Platform, Severity.Critical, "systemd-networkd removed what others had made")
    {
        Precedence = Rules.Precedence.ControlPlane + 15,
        Explanation = "When it starts, and when a lease changes, systemd-networkd removes routing rules that it did not make, and routes on links that it manages. Agents that write theirs "
            + "at their own start only do not notice.",
        FalsifiedBy = "The rules or routes were gone before `journalctl -u systemd-networkd` shows its start, or the agent never wrote them.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        var suspects = mesh.Nodes.Where(node => Flusher(node) is not null).ToHashSet();
        if (suspects.Count == 0) yield break;
        var losses = HostLosses.OfRules(mesh).Where(loss => !Flusher(loss.Device.Node)?.KeepsForeignRules ?? false)
            .Concat(HostLosses.OfRoutes(mesh).Where(loss => MayRemoveRoutes(loss.Device) ?? Flusher(loss.Device.Node) is { KeepsForeignRoutes: false }))
            .Concat(HostLosses.OfSomeRoutes(mesh).Where(loss => MayRemoveRoutes(loss.Device) == true))
            .Where(loss => !HostLosses.IsOwn(loss.Device, NetworkManagerKind.Networkd));
        foreach (var device in losses.GroupBy(loss => loss.Device)) yield return Build(device.Key, [.. device]);
    }

    private static NetworkdFact? Flusher(NodeView node) =>
        node.Facts.Host?.Managers?.Value?.Networkd is { Running: true } networkd && HostLosses.Restart(node, networkd.StartedAt) is not null ? networkd : null;

    // Null when it is not known which links it manages.
    private static bool? MayRemoveRoutes(DeviceView device) =>
        Flusher(device.Node) is { ManagedLinks: { } links } networkd ? !networkd.KeepsForeignRoutes && device.Link is { } link && links.Contains(link.Index) : null;

    private RuleFinding Build(DeviceView device, List<RuleFinding> losses)
    {
        var networkd = Flusher(device.Node)!;
        var rules = losses.Exists(loss => loss.Rule.Code == "WG-POLICY-RULE-MISSING");
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} {(rules ? "routing rules" : "routes")} of {device.Name} are gone, and systemd-networkd, which removes what it does not know, was started again at {networkd.StartedAt:u}.",
            // Rules it removes wherever they are, routes on links that it manages only.
            Confidence = rules ? 0.85 : MayRemoveRoutes(device) == true ? 0.8 : 0.65,
            Family = losses[0].Family,
            Prefixes = [.. losses.SelectMany(loss => loss.Finding.Subject.Prefixes).Distinct()],
        };
        draft.Evidence(device, "systemd-networkd", $"started {networkd.StartedAt:O}", $"with the machine, {device.Node.Facts.Host!.Clock!.Value!.BootTime:O}", "/proc");
        draft.Evidence(device, "networkd.conf", rules ? "ManageForeignRoutingPolicyRules is on" : "ManageForeignRoutes is on", "no", "/etc/systemd/networkd.conf");
        foreach (var loss in losses)
        {
            foreach (var seen in loss.Finding.Evidence.Take(4)) draft.Evidence(device, seen.What, seen.Observed, seen.Expected, seen.Source);
            draft.Mend(loss.Finding.Remediation);
            foreach (var effect in loss.Effects) draft.Affects(effect.Tunnel, effect.State);
        }

        return draft.Build();
    }
}
