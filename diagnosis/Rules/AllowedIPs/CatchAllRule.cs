// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>
/// Signal: one of several peers has 0.0.0.0/0 or ::/0, and something is routed into the device that no peer owns by a prefix of its own.
/// Threshold: what goes to the catch-all is a network seen at another peer's node, or the catch-all's node sends its own default route back, or a single
/// network was routed into the tunnel that the catch-all's node does not have.
/// Traps: clients with one peer, Table=off, exit nodes (a default route into the tunnel, and none back), a default route that marks choose.
/// </summary>
internal sealed class CatchAllRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ALLOWEDIPS-CATCHALL", Layer.AllowedIPs, Severity.Error, "One of several peers takes everything")
    {
        Precedence = Rules.Precedence.Cryptokey + 1,
        ExplainedBy = ["WG-WGQUICK-ON-K8S-NODE"],
        Explanation = "WireGuard gives a packet to the peer with the longest match. A peer with 0.0.0.0/0 gets everything that no other peer names, so traffic that is routed into the "
            + "device for somebody else, or for nobody, goes to it.",
        FalsifiedBy = "That peer is meant to be the way to all other networks, and forwards them.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device is { PeerCount: > 1, Link.Up: true } && device.Namespace.RoutesRead && device.PeersComplete
        from peer in device.Peers
        from all in peer.AllowedIps.Where(prefix => prefix.IsDefault)
        let judged = Judge(device, peer, all.Family)
        where judged is not null
        select Build(device, peer, all, judged);

    private static Case? Judge(DeviceView device, PeerView peer, IpFamily family)
    {
        var stolen = device.Peers.Where(other => other != peer && other.Remote is not null)
            .SelectMany(other => other.Remote!.Owned.Where(owned => owned.Prefix.Family == family && owned.Kind == OwnedKind.LocalNetwork).Select(owned => (other, owned.Prefix)))
            .Where(item => device.HasRouteFor(item.Prefix) && device.Cryptokey.Owner(item.Prefix) is { Prefix.IsDefault: true } owner && owner.Peer == peer)
            .ToList();
        if (stolen.Count > 0)
            return new Case(0.95, Severity.Error, [.. stolen.Select(item => item.Prefix)], $"{stolen[0].Prefix} is behind {stolen[0].other.RemoteName}", [.. stolen.Select(item => item.other)]);
        var broad = device.RoutesInto(family).Where(route => RouteConvention.IsStatic(route) && !device.Cryptokey.Inside(route.Destination).Any(entry => !entry.Prefix.IsDefault)
            && device.Cryptokey.Owner(route.Destination) is { Prefix.IsDefault: true }).Select(route => route.Destination).Distinct().ToList();
        if (broad.Count == 0 || peer.Remote is not { } remote) return null;
        if (broad.Exists(prefix => prefix.IsDefault) && peer.Reverse?.AllowedIps.Any(prefix => prefix.IsDefault && prefix.Family == family) == true && remote.RoutesInto(family).Any(route => route.Destination.IsDefault))
            return new Case(0.85, Severity.Error, [.. broad.Where(prefix => prefix.IsDefault)], $"{remote.Node.Name} sends everything back", [peer]);
        var lost = broad.FindAll(prefix => !prefix.IsDefault && !Knows(remote, prefix));
        return lost.Count == 0 ? null : new Case(0.7, Severity.Warning, lost, $"{remote.Node.Name} has no such network", []);
    }

    // A connected network, or any route narrower than its default one.
    private static bool Knows(DeviceView remote, IpPrefix prefix) => !remote.Namespace.RoutesRead
        || remote.Namespace.Routes.Any(route => !route.Destination.IsDefault && route.Destination.Overlaps(prefix) && route.Type != RouteType.Multicast);

    private RuleFinding Build(DeviceView device, PeerView peer, IpPrefix all, Case judged)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} peer {peer.RemoteName} of {device.Name} has {all} beside {device.PeerCount - 1} other peers, and gets {DisplayText.Join(judged.Prefixes, 3)}: {judged.Because}.",
            Confidence = judged.Confidence,
            Severity = judged.Severity,
            Entry = peer,
            Family = all.Family,
            Prefixes = judged.Prefixes,
        };
        draft.Evidence(device, $"wg show {device.Name} allowed-ips", $"{peer.RemoteName}: {DisplayText.Join(peer.AllowedIps)}", "its own address and networks");
        draft.Evidence(device, $"ip route show dev {device.Name} table all", DisplayText.Join(judged.Prefixes), null, "rtnetlink");
        IpPrefix[] wanted = [.. PrefixMath.WithoutNested((peer.Remote?.Owned.Select(owned => owned.Prefix) ?? []).Concat(peer.AllowedIps.Where(prefix => !prefix.IsDefault)))];
        if (wanted.Length > 0) draft.Mend(new NodeCommands(device).PeerAllowedIps(peer.Key, wanted, peer.AllowedIps));
        foreach (var victim in judged.Victims) draft.Affects(victim, TunnelState.NotRoutedIn);
        return draft.Build();
    }

    private sealed record Case(double Confidence, Severity Severity, IReadOnlyList<IpPrefix> Prefixes, string Because, IReadOnlyList<PeerView> Victims);
}
