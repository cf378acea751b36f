// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>
/// Route lookups of packets that are not the node's own: from networks behind it into the tunnels, where rules may look at source and incoming
/// device, and out of the tunnels, where the reverse path filter decides. A bounded sample: rules that single out one prefix of hundreds
/// show in the lookups without a source.
/// </summary>
internal static class FlowLookupPlanner
{
    private const int MaxNetworks = 8;
    private const int MaxPrefixes = 32;

    /// <summary>A node has few addresses of its own in one prefix, mostly one.</summary>
    private const int MaxSenders = 8;

    /// <summary>Makes the questions of all devices.</summary>
    public static IEnumerable<RouteLookupFact> Plan(NamespaceFacts facts, IReadOnlyList<WireGuardDeviceFact> devices)
    {
        var links = (facts.Links.Value ?? []).ToDictionary(link => link.Index);
        var tunnels = links.Values.Where(link => devices.Any(device => device.Name == link.Name)).ToDictionary(link => link.Name, link => link.Index, StringComparer.Ordinal);
        var own = (facts.Addresses.Value ?? []).Select(address => address.Address).ToHashSet();
        var networks = Networks(facts, links, [.. tunnels.Values]).ToList();
        foreach (var device in devices)
        {
            if (!tunnels.TryGetValue(device.Name, out var tunnel) || !links[tunnel].Up) continue;
            foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
            {
                var prefixes = device.Peers.SelectMany(peer => peer.AllowedIps)
                    .Where(prefix => prefix.Family == family && !prefix.IsDefault && !prefix.Network.IsLinkLocal).Distinct().Take(MaxPrefixes).ToList();
                foreach (var question in Forwarded(device, prefixes, networks)) yield return question;
                // Only IPv4 has a reverse path filter in its routing.
                if (family == IpFamily.IPv4 && Target(facts, links) is { } target)
                {
                    foreach (var question in Incoming(device, prefixes, target, tunnel, own)) yield return question;
                }
            }
        }
    }

    private static IEnumerable<RouteLookupFact> Incoming(WireGuardDeviceFact device, List<IpPrefix> prefixes, IpAddr target, int tunnel, HashSet<IpAddr> own) =>
        from prefix in prefixes
        let sender = Sender(prefix, own)
        where sender is not null
        select Question(RouteLookupPurpose.Incoming, device, prefix, target, sender.Value, tunnel);

    /// <summary>
    /// Somebody else in the prefix: a packet from one of the node's own addresses is a martian whatever the filter says, and a prefix of the whole tunnel network
    /// holds the node too. Null when the node owns all that was tried.
    /// </summary>
    private static IpAddr? Sender(IpPrefix prefix, HashSet<IpAddr> own)
    {
        var candidate = RouteLookupPlanner.RepresentativeOf(prefix);
        for (var tries = 0; tries < MaxSenders && prefix.Contains(candidate); tries++)
        {
            if (!own.Contains(candidate)) return candidate;
            candidate = IpAddr.FromBits(prefix.Family, candidate.Bits + UInt128.One);
        }

        return null;
    }

    private static IEnumerable<RouteLookupFact> Forwarded(WireGuardDeviceFact device, List<IpPrefix> prefixes, List<(int Link, IpAddr Host)> networks) =>
        from network in networks
        from prefix in prefixes
        where prefix.Family == network.Host.Family && !prefix.Contains(network.Host)
        select Question(RouteLookupPurpose.Forwarded, device, prefix, RouteLookupPlanner.RepresentativeOf(prefix), network.Host, network.Link);

    private static RouteLookupFact Question(RouteLookupPurpose purpose, WireGuardDeviceFact device, IpPrefix prefix, IpAddr to, IpAddr from, int input) => new()
    {
        Purpose = purpose,
        Device = device.Name,
        Destination = to,
        Prefix = prefix,
        From = from,
        InputLink = input,
    };

    /// <summary>Networks with hosts other than the node: connected ones, and routes to single pods.</summary>
    private static IEnumerable<(int Link, IpAddr Host)> Networks(NamespaceFacts facts, Dictionary<int, LinkFact> links, HashSet<int> tunnels)
    {
        var uplinks = (facts.Routes.Value ?? []).Where(route => route.Destination.IsDefault).SelectMany(route => route.NextHops).Select(hop => hop.Link).ToHashSet();
        var connected = (facts.Addresses.Value ?? [])
            .Where(address => Serves(address.Link) && address is { Unusable: false, Address.IsLinkLocal: false })
            .Select(address => (address.Link, Host: Neighbour(address)));
        var pods = (facts.Routes.Value ?? [])
            .Where(route => route is { Type: RouteType.Unicast, NextHops: [{ Gateway: null }], Destination.IsHost: true } && route.Table != 255 && Serves(route.NextHops[0].Link))
            .Select(route => (route.NextHops[0].Link, Host: (IpAddr?)route.Destination.Network));
        return connected.Concat(pods).Where(network => network.Host is not null).Select(network => (network.Link, network.Host!.Value))
            .GroupBy(network => network.Value.Family).SelectMany(family => family.Take(MaxNetworks));

        bool Serves(int index) => !uplinks.Contains(index) && !tunnels.Contains(index) && links.TryGetValue(index, out var link) && link is { Up: true, Loopback: false, Kind: not "dummy" };
    }

    // Somebody beside the node in its network; null where there is no room for anybody.
    private static IpAddr? Neighbour(AddressFact address)
    {
        if (!IpPrefix.TryCreate(address.Address, address.PrefixLength, out var network) || address.Address.Width - address.PrefixLength < 2) return null;
        var next = IpAddr.FromBits(address.Address.Family, network.Network.Bits + 2);
        return next == address.Address ? IpAddr.FromBits(address.Address.Family, network.Network.Bits + 1) : next;
    }

    private static IpAddr? Target(NamespaceFacts facts, Dictionary<int, LinkFact> links) => (facts.Addresses.Value ?? [])
        .Where(address => address.Address is { Family: IpFamily.IPv4, IsLoopback: false, IsLinkLocal: false } && links.TryGetValue(address.Link, out var link) && link is { Up: true, Loopback: false })
        .Select(address => (IpAddr?)address.Address)
        .FirstOrDefault();
}
