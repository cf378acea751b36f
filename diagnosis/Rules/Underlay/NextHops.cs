// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Underlay;

/// <summary>A next hop of outer packets, and what the neighbour table says about it.</summary>
/// <param name="Device">Whose peers are behind it.</param>
/// <param name="Link">The uplink.</param>
/// <param name="Address">Gateway, or the endpoint itself where it is on the link.</param>
/// <param name="Source">The node's address towards it.</param>
/// <param name="Entry">The neighbour entry.</param>
/// <param name="Peers">The peers behind it.</param>
internal sealed record NextHop(DeviceView Device, LinkFact Link, IpAddr Address, IpAddr? Source, NeighbourFact Entry, IReadOnlyList<PeerView> Peers)
{
    /// <summary>It is one peer's own address rather than a router's.</summary>
    public bool IsPeer => Peers.All(peer => peer.Endpoint!.Value.Address == Address);

    /// <summary>Three questions without an answer (neigh.mcast_solicit) take about three seconds; younger is no sign.</summary>
    public bool IsSilent => Entry.State == "FAILED" || (Entry.State == "INCOMPLETE" && (Entry.Probes >= 3 || Entry.UpdatedSeconds >= 3));

    /// <summary>Finds the next hops of all devices that have a neighbour entry.</summary>
    public static IEnumerable<NextHop> Find(MeshModel mesh)
    {
        foreach (var device in mesh.Devices)
        {
            var neighbours = Safe.List(device.Namespace.Facts.Neighbours).Where(entry => !entry.IsProxy)
                .GroupBy(entry => (entry.Link, entry.Address)).ToDictionary(group => group.Key, group => group.First());
            if (neighbours.Count == 0) continue;
            var hops = device.Peers.Where(peer => peer.Endpoint is not null)
                .Select(peer => (Peer: peer, Lookup: device.Namespace.Lookups.ForEndpoint(device, peer.Endpoint!.Value.Address)))
                .Where(item => item.Lookup is { Type: RouteType.Unicast, Link: not null })
                .GroupBy(item => (Link: item.Lookup!.Link!.Value, Address: item.Lookup.Gateway ?? item.Lookup.Destination));
            foreach (var hop in hops)
            {
                // WireGuard devices have no neighbours.
                if (device.Namespace.IsWireGuard(hop.Key.Link) || device.Namespace.LinkByIndex(hop.Key.Link) is not { } link) continue;
                if (neighbours.TryGetValue(hop.Key, out var entry))
                    yield return new NextHop(device, link, hop.Key.Address, hop.First().Lookup!.Source, entry, [.. hop.Select(item => item.Peer)]);
            }
        }
    }
}
