// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: the device has a route for a network behind a peer, and a longer or cheaper one wins for it or for a part of it: over a gateway, over an
/// underlay link, or to nowhere.
/// Threshold: the network must really be at the far node, or, where that was not observed, the winner must cover the whole AllowedIPs prefix.
/// Traps: connected networks, pods on this node, other tunnels, routing daemons, lines that have the tunnel as their backup at both ends, wide
/// company routes, rules that keep the table from being asked.
/// </summary>
internal sealed class RouteShadowedRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ROUTE-SHADOWED", Layer.Route, Severity.Error, "Another route takes the tunnel's traffic")
    {
        Precedence = Rules.Precedence.Cryptokey + 6,
        ExplainedBy = ["WG-RULE-SHADOWED", "WG-RULE-BLACKHOLE", "WG-CNI-DUPLICATE-OWNER"],
        Explanation = "The longest matching prefix wins, then the lowest metric. A stray route that is longer than the tunnel's takes its packets past the tunnel, for some "
            + "destinations only, while their neighbours work.",
        FalsifiedBy = "`ip route get <address in the prefix>` names the device.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => ShadowSearch.Find(mesh)
        .GroupBy(shadow => (shadow.Peer.Device, shadow.Winner))
        .Select(group => Build([.. group]))
        .Concat(WalkedAway.Find(mesh).Where(away => away.Split is not null).Select(away => away.Build(Descriptor)));

    private RuleFinding Build(IReadOnlyList<Shadow> shadows)
    {
        var (peer, target, winner, beaten, _) = shadows[0];
        var device = peer.Device;
        var route = Text(device, winner);
        var peers = shadows.Select(shadow => shadow.Peer).Distinct().ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} the route {route} takes packets to {DisplayText.Join(peers.Select(entry => entry.RemoteName), 3)} away from {device.Name}.",
            Confidence = shadows.Max(shadow => shadow.Confidence),
            Severity = peers.Exists(entry => entry.Remote is not null) ? Descriptor.Severity : Severity.Warning,
            Family = winner.Destination.Family,
            Entry = peers.Count == 1 ? peer : null,
            Prefixes = [winner.Destination],
        };
        draft.Evidence(device, $"ip route show match {target}", route, Text(device, beaten), device.Namespace.Facts.Routes.Source ?? "rtnetlink");
        foreach (var shadow in shadows.Where(shadow => shadow.Peer.Remote is not null).Take(8))
            draft.Evidence(shadow.Peer.Remote!, "networks behind the node", $"{shadow.Target}", null, "rtnetlink");
        draft.Mend(new NodeCommands(device).DeleteRoute(winner));
        foreach (var entry in peers) draft.Affects(entry, TunnelState.NotRoutedIn);
        return draft.Build();
    }

    private static string Text(DeviceView device, RouteFact route)
    {
        var kind = route.Type == RouteType.Unicast ? "" : $"{route.Type} ";
        var hop = route.NextHops is [var first, ..] ? first : null;
        var gateway = hop?.Gateway is { } address ? $" via {address}" : "";
        var link = hop is null ? "" : $" dev {device.Namespace.LinkName(hop.Link)}";
        var table = route.Table == Routing.PolicyRules.MainTable ? "" : $" table {route.Table}";
        return $"{kind}{route.Destination}{gateway}{link}{table}{(route.Metric == 0 ? "" : $" metric {route.Metric}")}";
    }
}
