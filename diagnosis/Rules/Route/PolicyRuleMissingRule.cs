// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: a routing table of its own has routes into the device, and no rule of that family names the table, so nothing ever asks it.
/// Threshold: Critical where other nodes of the mesh have the rule; a warning where only this node speaks, and the kernel leads a prefix of the table elsewhere.
/// Traps: tables of a VRF (asked by the l3mdev rule); rules that jump; IPv6 alone may lack its rule; routes that main has as well.
/// </summary>
internal sealed class PolicyRuleMissingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-POLICY-RULE-MISSING", Layer.Route, Severity.Critical, "No rule asks the tunnel's table")
    {
        Precedence = Rules.Precedence.Cryptokey + 4,
        ExplainedBy = ["WG-NETWORKD-FLUSH"],
        Explanation = "Routes outside of the main table count only when a routing rule leads to their table. Without the rule, traffic for the far side takes the main table's way, "
            + "in clear text by the default route. systemd-networkd deletes rules that it did not make when it restarts.",
        FalsifiedBy = "`ip rule` (or `ip -6 rule`) lists a rule that looks the table up.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true } && device.Namespace.RoutesRead && Safe.WasRead(device.Namespace.Facts.Rules)
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        let rules = Safe.List(device.Namespace.Facts.Rules).Where(rule => rule.Family == family).ToList()
        // No rule of the family at all: they were not read for it, or the family is off.
        where rules.Count > 0
        from table in device.RoutesInto(family).Where(route => IsOwnTable(device, route)).GroupBy(route => route.Table)
        where !rules.Exists(rule => rule.Table == table.Key)
        let lost = table.Where(route => !LeadsAnyway(device, route)).ToList()
        where lost.Count > 0
        select Build(mesh, device, table.Key, family, lost);

    private static bool IsOwnTable(DeviceView device, RouteFact route) =>
        route.Table is not (PolicyRules.MainTable or PolicyRules.LocalTable or PolicyRules.DefaultTable or 0)
        && !device.Namespace.Links.Any(link => link.Detail?.VrfTable == route.Table);

    private static bool LeadsAnyway(DeviceView device, RouteFact route) =>
        !route.Destination.IsDefault
        && device.Namespace.Fib.Lookup(PrefixMath.Representative(route.Destination)) is { } winner
        && NamespaceView.LeadsTo(winner, device.Link!.Index);

    private RuleFinding Build(MeshModel mesh, DeviceView device, uint table, IpFamily family, List<RouteFact> lost)
    {
        var like = mesh.Siblings(device).Where(other => other.RoutesInto(family).Any(route => route.Table == table))
            .SelectMany(other => Safe.List(other.Namespace.Facts.Rules)).FirstOrDefault(rule => rule.Family == family && rule.Table == table && rule.Action == 1);
        // A pair of rules and a mark: what is left of them shows that the table is meant to be asked.
        var marked = device.Fact.FirewallMark != 0;
        var ip = family == IpFamily.IPv6 ? "ip -6" : "ip";
        var tunnels = device.Peers.Where(peer => peer.AllowedIps.Any(prefix => prefix.Family == family && lost.Exists(route => route.Destination.Overlaps(prefix)))).ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} no IPv{(int)family} routing rule asks table {table}, which holds the {(lost.Count == 1 ? "route" : "routes")} into {device.Name} for {DisplayText.Join(lost.Select(route => route.Destination).Distinct(), 3)}.",
            Confidence = like is not null ? 0.96 : marked || tunnels.Exists(peer => peer.Remote is not null) ? 0.88 : 0.7,
            Severity = like is not null || marked || tunnels.Exists(peer => peer.Remote is not null) ? Descriptor.Severity : Severity.Warning,
            Family = family,
            Prefixes = [.. lost.Select(route => route.Destination).Distinct()],
        };
        draft.Evidence(device, $"{ip} rule", $"no rule with lookup {table}", like is null ? $"a rule with lookup {table}" : NamespaceCommands.Text(like), "rtnetlink");
        draft.Evidence(device, $"{ip} route show table {table}", DisplayText.Join(lost.Select(route => $"{route.Destination} dev {device.Name}"), 3), null, "rtnetlink");
        var rule = like ?? new RuleFact
        {
            Family = family,
            Priority = 32000,
            Action = 1,
            Table = table,
            Mark = marked ? device.Fact.FirewallMark : null,
            Invert = marked,
        };
        draft.Mend(new NamespaceCommands(device.Namespace).AddRule(rule));
        foreach (var peer in tunnels) draft.Affects(peer, TunnelState.NotRoutedIn);
        return draft.Build();
    }
}
