// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Pods;

/// <summary>What can be wrong between a node that takes packets from a tunnel and the pods they are for, where the node's own tables tell it.</summary>
internal static class LostBehind
{
    /// <summary>Two pings a second for some seconds; a packet or two on their way are no sign.</summary>
    private const ulong Least = 4;

    /// <summary>A good part of what the tunnel delivers gets no answer: no proof by itself, since some programs only listen.</summary>
    public static bool IsUnanswered(DeviceView device) =>
        device.Link?.Counters is { RxPackets.Growth: >= Least and var came, TxPackets.Growth: { } went }
        && (went * 2 <= came || device.Peers.All(peer => peer.Fact.Sent.Growth is not null && !Traffic.IsData(peer.Fact.Sent, peer)));

    /// <summary>
    /// Networks that peers look for here and in which this node has an address with a host mask, while no route but one out of an underlay link or into a tunnel leads there:
    /// the network's own route went with its mask.
    /// </summary>
    public static IEnumerable<(AddressFact Address, IpPrefix Network, RouteFact? Taken)> WithoutMask(DeviceView device)
    {
        var ns = device.Namespace;
        if (!ns.RoutesRead) yield break;
        foreach (var address in ns.Addresses.Where(own => own.PrefixLength == own.Address.Width && !own.Unusable && ns.LinkByIndex(own.Link) is { Loopback: false, Up: true } && !ns.IsWireGuard(own.Link) && !ns.UnderlayLinks.Contains(own.Link)))
        {
            var networks = device.HeldBy.SelectMany(entry => entry.AllowedIps).Where(prefix => !prefix.IsDefault && !prefix.IsHost && prefix.Contains(address.Address));
            if (networks.Select(prefix => (IpPrefix?)prefix).MaxBy(prefix => prefix!.Value.Length) is not { } network) continue;
            if (ns.LocalNetworks.Exists(local => local.Prefix.Overlaps(network) && !local.Prefix.IsHost)) continue;
            var taken = ns.Fib.Lookup(Stranger(ns, network));
            if (taken is null || (taken.Type == RouteType.Unicast && taken.NextHops.Any(hop => ns.UnderlayLinks.Contains(hop.Link) || ns.IsWireGuard(hop.Link)) && !network.Contains(taken.Destination))) yield return (address, network, taken);
        }
    }

    /// <summary>An address of the network that is not one of this node's own, which its local table would answer for.</summary>
    public static IpAddr Stranger(NamespaceView ns, IpPrefix network) => Enumerable.Range(1, 16)
        .Select(number => IpAddr.FromBits(network.Family, network.Network.Bits + (UInt128)number))
        .FirstOrDefault(address => network.Contains(address) && !ns.Addresses.Any(own => own.Address == address), network.Network);

    /// <summary>Permanent neighbour entries for addresses behind the node that peers look for there.</summary>
    public static IEnumerable<NeighbourFact> Written(DeviceView device) => Safe.List(device.Namespace.Facts.Neighbours).Where(entry =>
        entry is { State: "PERMANENT", LinkLayerAddress: not null, IsProxy: false }
        && !device.Namespace.IsWireGuard(entry.Link) && !device.Namespace.UnderlayLinks.Contains(entry.Link)
        && device.Namespace.LocalNetworks.Exists(local => local.Link == entry.Link && local.Prefix.Contains(entry.Address))
        && device.HeldBy.Exists(peer => peer.Covers(IpPrefix.Host(entry.Address))));
}
