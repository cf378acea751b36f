// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Pods;

/// <summary>
/// Signal: the node's end of a veth into another namespace is down, or has no carrier because the other end is down, and something is meant to be reached by it: an
/// address, a pod's route, or a port of a bridge that is up.
/// Threshold: Error where peers have what is behind it in their AllowedIPs for this node, a warning otherwise.
/// A link that goes down loses its IPv6 addresses and routes: where it has carried packets, what peers send here over IPv6 and no route of the node leads to is
/// taken to have been behind it, less surely.
/// The link of a namespace that was read may also be no port of the bridge by which the node looks for its address.
/// A port without carrier behind which no address is known has to have carried packets.
/// Traps: a pod that ends takes its veth along; one that starts is down for a moment, without address or route; a veth between two bridges of one namespace.
/// </summary>
internal sealed class PodVethRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-POD-VETH-BROKEN", Layer.Namespace, Severity.Error, "The link to a pod is down")
    {
        Precedence = Rules.Precedence.Receiver + 8,
        Explanation = "A pod hangs on its node by a pair of devices. While the node's end is down, or the pod's, the node forwards into nothing, and the connected routes by it are gone.",
        FalsifiedBy = "`ip link show <veth>` lists UP and LOWER_UP, or the pod is being deleted.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Dead(mesh).Concat(PodPlace.Find(mesh).Where(place => BridgeWithout(place) is not null).Select(BuildDetached));

    /// <summary>The bridge by which the node looks for what is behind the link, where the link is no port of anything and leads nowhere else; null when that is not so.</summary>
    public static LinkFact? BridgeWithout(PodPlace place)
    {
        var host = place.Host;
        if (place.Outer is not { Up: true, Master: null } || host.AddressesOn(place.Outer.Index).Any(address => !address.Address.IsLinkLocal)) return null;
        var own = place.Namespace.AddressesOn(place.Inner.Index).Select(address => address.Address).Where(address => !address.IsLinkLocal).ToList();
        // A bridge that lost its last port has no carrier, and its network's route is dead: its address tells.
        return own.Exists(address => host.RoutesVia(place.Outer.Index).Any(route => route.Destination.Contains(address)))
            ? null
            : host.Links.FirstOrDefault(link => link is { Kind: "bridge", Up: true } && host.AddressesOn(link.Index)
                .Any(gateway => IpPrefix.TryCreate(gateway.Address, gateway.PrefixLength, out var network) && own.Exists(network.Contains)));
    }

    private IEnumerable<RuleFinding> Dead(MeshModel mesh) =>
        from node in mesh.Nodes
        where node.Namespaces is [{ Devices.Count: > 0 }, ..]
        let host = node.Namespaces[0]
        from link in host.Links
        where link is { Kind: "veth", PeerInOtherNamespace: true } && (!link.Up || !link.LowerUp) && !host.UnderlayLinks.Contains(link.Index)
        let known = Behind(host, link).ToList()
        let behind = known.Count > 0 ? known : LostWith(host, link).ToList()
        let port = link.Master is { } master && host.LinkByIndex(master) is { Kind: "bridge", Up: true }
        where behind.Count > 0 || (port && (!link.Up || link.Counters is { RxPackets.Value: > 0 }))
        let device = host.Devices.Find(device => behind.Exists(prefix => device.HeldBy.Exists(entry => entry.AllowedIps.Any(own => !own.IsDefault && own.Overlaps(prefix)))))
        select Build(host, device, link, behind, isSure: known.Count > 0 || behind.Count == 0);

    // What is reached by the link: networks of its addresses, and single pods' routes, which may be gone with it.
    private static IEnumerable<IpPrefix> Behind(NamespaceView host, LinkFact link) => host.AddressesOn(link.Index)
        .Where(address => !address.Address.IsLinkLocal)
        .Select(address => IpPrefix.TryCreate(address.Address, address.PrefixLength, out var network) ? network : IpPrefix.Host(address.Address))
        .Concat(host.Routes.Where(route => route.Table != 255 && !route.Destination.IsDefault && !route.Destination.Network.IsLinkLocal && !route.Destination.Network.IsMulticast && NamespaceView.LeadsTo(route, link.Index)).Select(route => route.Destination))
        .Distinct();

    private static IEnumerable<IpPrefix> LostWith(NamespaceView host, LinkFact link) => link.Up || link.Counters is not { RxPackets.Value: > 0 } || !host.RoutesRead
        ? []
        : host.Devices.SelectMany(device => device.HeldBy).SelectMany(entry => entry.AllowedIps)
            .Where(prefix => prefix.Family == IpFamily.IPv6 && !prefix.IsDefault && !host.Addresses.Any(address => prefix.Contains(address.Address)))
            .Where(prefix => host.Fib.Lookup(PrefixMath.Representative(prefix)) is not { } route || route.Destination.IsDefault)
            .Distinct();

    private RuleFinding BuildDetached(PodPlace place)
    {
        var (host, bridge, name) = (place.Host, DisplayText.Name(BridgeWithout(place)!.Name), DisplayText.Name(place.Outer.Name));
        List<IpPrefix> behind = [.. place.Namespace.AddressesOn(place.Inner.Index).Select(address => address.Address).Where(address => !address.IsLinkLocal).Select(IpPrefix.Host)];
        var draft = new FindingDraft(Descriptor, place.Device)
        {
            Message = $"On {host.Node.Name} the link {name} to {place.Namespace.Name} is no port of {bridge}, by which the node looks for {DisplayText.Join(behind, 3)}.",
            Confidence = 0.9,
            Prefixes = behind,
            Place = host,
            PlaceDevice = name,
        };
        draft.Evidence(host, $"ip link show {name}", "no master", $"master {bridge}");
        draft.Evidence(host, $"ip route get {behind[0].Network}", $"dev {bridge}", $"dev {name}, or a bridge that it is a port of");
        return draft.Build();
    }

    private RuleFinding Build(NamespaceView host, DeviceView? device, LinkFact link, List<IpPrefix> behind, bool isSure)
    {
        var name = DisplayText.Name(link.Name);
        var draft = new FindingDraft(Descriptor, device ?? host.Devices[0])
        {
            Message = $"On {host.Node.Name} the link {name} to another namespace {(link.Up ? "has no carrier: its other end is down" : "is down")}{(behind.Count == 0 ? "" : $"; {DisplayText.Join(behind, 3)} behind it cannot be reached")}.",
            Confidence = device is null || !isSure ? 0.7 : link.Up ? 0.85 : 0.93,
            Severity = device is null ? Severity.Warning : Descriptor.Severity,
            Prefixes = behind,
            Place = host,
            PlaceDevice = name,
        };
        draft.Evidence(host, $"ip link show {name}", link.Up ? "UP, NO-CARRIER" : "no UP flag", "UP, LOWER_UP");
        if (!isSure) draft.Evidence(host, $"ip -6 route get (an address of {behind[0]})", "no route but the default one", $"dev {name}", "rtnetlink");
        if (!link.Up) draft.Mend(new NamespaceCommands(host).LinkUp(link));
        return draft.Build();
    }
}
