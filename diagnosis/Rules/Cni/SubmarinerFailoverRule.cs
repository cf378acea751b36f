// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: Submariner's gateway has a living session, and no route leads the other cluster's networks into its device; or another node of the
/// cluster still sends them to a gateway that it is not any more.
/// Threshold: all of a peer's networks lack their route while the rule to the route table is there; for others, the next hop is an address that an
/// observed node without the device has.
/// Traps: during a switch routes lack for up to a minute; a network with another way of its own.
/// </summary>
internal sealed class SubmarinerFailoverRule : IRule
{
    private const uint HostTable = 150;
    private const string Overlay = "vx-submariner";

    public RuleDescriptor Descriptor { get; } = new("WG-SUBMARINER-FAILOVER", Layer.Cni, Severity.Error, "The gateway changed and routes did not follow")
    {
        Precedence = Rules.Precedence.ControlPlane + 14,
        Reach = Reach.Node,
        Explanation = "A new gateway has a new device and a new key. Routes to other clusters went away with the old device, and other nodes have to send to the new gateway: until the "
            + "route agents have written both, the tunnel is healthy and nothing goes through it.",
        FalsifiedBy = "`ip route show table 150` on the gateway and `ip route` on other nodes lead the remote networks to the gateway that `subctl show gateways` calls active.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices.Where(device => device is { Link.Up: true, Namespace: { IsHost: true, RoutesRead: true } } && mesh.OwnerOf(device).Is(SubmarinerProfile.Value)))
        {
            var remote = device.Peers.Where(peer => Session.State(peer, mesh.Thresholds) == SessionState.Fresh && peer.AllowedIps.Count > 0).ToList();
            var unrouted = remote.FindAll(peer => peer.AllowedIps.All(prefix => !IsRouted(device, prefix)));
            if (unrouted.Count > 0 && Safe.List(device.Namespace.Facts.Rules).Any(rule => rule.Table == HostTable)) yield return Gateway(device, unrouted);
            foreach (var stale in Followers(mesh, device, remote)) yield return stale;
        }
    }

    private static bool IsRouted(DeviceView device, IpPrefix prefix) =>
        device.RoutesInto(prefix.Family).Any(route => route.Destination.Contains(prefix))
        || device.Namespace.LocalNetworks.Exists(local => local.Prefix.Overlaps(prefix));

    private RuleFinding Gateway(DeviceView device, List<PeerView> unrouted)
    {
        var prefixes = unrouted.SelectMany(peer => peer.AllowedIps).Distinct().ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Submariner's gateway {device.Node.Name} has a session with the other cluster, but no route into {device.Name} for {DisplayText.Join(prefixes, 3)}.",
            Confidence = 0.88,
            Prefixes = prefixes,
        };
        draft.Evidence(device, $"ip route show table {HostTable}", $"nothing dev {device.Name}", DisplayText.Join(prefixes, 3), "rtnetlink");
        foreach (var peer in unrouted)
        {
            draft.Evidence(device, $"wg show {device.Name} latest-handshakes", $"{peer.RemoteName}: {Session.Age(peer)!.Value.TotalSeconds:0} s ago", null);
            draft.Affects(peer, TunnelState.NotRoutedIn);
        }

        foreach (var prefix in prefixes.Take(8)) draft.Mend(new Mending.NodeCommands(device).AddRoute(prefix));
        return draft.Build();
    }

    // Nodes without the device whose routes to the other cluster lead over Submariner's own network to a node that is no gateway.
    private IEnumerable<RuleFinding> Followers(MeshModel mesh, DeviceView gateway, List<PeerView> remote)
    {
        if (Host(gateway.Node) is not { } own || own.LinkByName(Overlay) is not { } link) yield break;
        var addresses = own.AddressesOn(link.Index).Select(address => address.Address).ToHashSet();
        if (addresses.Count == 0) yield break;
        var prefixes = remote.SelectMany(peer => peer.AllowedIps).ToList();
        foreach (var ns in mesh.Nodes.Where(node => node != gateway.Node).Select(Host).OfType<NamespaceView>().Where(ns => ns.LinkByName(Overlay) is not null))
        {
            var astray = ns.RoutesVia(ns.LinkByName(Overlay)!.Index).Where(route => prefixes.Exists(prefix => prefix.Overlaps(route.Destination))
                && route.NextHops.All(hop => hop.Gateway is { } to && !addresses.Contains(to) && mesh.Addresses.OwnerOf(to) is { } old && old.Node != gateway.Node)).ToList();
            if (astray.Count > 0) yield return Follower(gateway, ns, astray);
        }
    }

    private RuleFinding Follower(DeviceView gateway, NamespaceView ns, List<RouteFact> astray)
    {
        var draft = new FindingDraft(Descriptor, gateway)
        {
            Message = $"{ns.Node.Name} still sends {DisplayText.Join(astray.Select(route => route.Destination), 3)} to a former gateway; {gateway.Node.Name} is the gateway now.",
            Confidence = 0.88,
            Place = ns,
            PlaceDevice = Overlay,
            Prefixes = [.. astray.Select(route => route.Destination)],
        };
        foreach (var route in astray.Take(8)) draft.Evidence(ns, $"ip route show {route.Destination}", $"via {route.NextHops[0].Gateway} dev {Overlay}", $"via {gateway.Node.Name}");
        return draft.Build();
    }

    private static NamespaceView? Host(NodeView node) => node.Namespaces.Find(ns => ns.IsHost);
}
