// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>Plays the kernel's RTM_GETROUTE, the slow and plain way; it shares no code with the engine.</summary>
internal static class KernelLookups
{
    public static IEnumerable<RouteLookupFact> Of(TestNode node)
    {
        foreach (var device in node.Devices)
        {
            foreach (var peer in device.Peers)
            {
                if (peer.Endpoint is { } endpoint)
                    yield return Ask(node, device, RouteLookupPurpose.Endpoint, endpoint.Address, null);
                foreach (var prefix in peer.AllowedIps)
                {
                    var address = prefix.IsHost ? prefix.Network : IpAddr.FromBits(prefix.Family, prefix.Network.Bits + 1);
                    yield return Ask(node, device, RouteLookupPurpose.AllowedIp, address, prefix);
                }
            }
        }
    }

    private static RouteLookupFact Ask(TestNode node, TestDevice device, RouteLookupPurpose purpose, IpAddr destination, IpPrefix? prefix)
    {
        var mark = purpose == RouteLookupPurpose.Endpoint ? device.Mark : 0;
        var fact = new RouteLookupFact { Purpose = purpose, Device = device.Name, Destination = destination, Prefix = prefix, Mark = mark };
        if (Find(node, destination, mark) is not { } route) return fact with { Error = "ENETUNREACH" };
        if (route.Type is not (RouteType.Unicast or RouteType.Local)) return fact with { Type = route.Type, Error = "EINVAL" };
        var hop = route.NextHops[0];
        return fact with
        {
            Type = route.Type,
            Link = hop.Link,
            Gateway = hop.Gateway,
            Table = route.Table,
            Mtu = route.Mtu,
            Source = route.PreferredSource ?? Source(node, hop.Link, destination.Family),
        };
    }

    private static RouteFact? Find(TestNode node, IpAddr destination, uint mark)
    {
        foreach (var rule in node.Rules.Where(rule => rule.Family == destination.Family).OrderBy(rule => rule.Priority))
        {
            var marked = rule.Mark is not { } wanted || (mark & (rule.MarkMask ?? uint.MaxValue)) == wanted;
            if (marked == rule.Invert || (rule.To is { } to && !to.Contains(destination)) || (rule.From is { } from && !from.IsDefault) || rule.InputInterface is not null) continue;
            var best = node.Routes
                .Where(route => route.Table == rule.Table && route.Destination.Contains(destination))
                .OrderByDescending(route => route.Destination.Length).ThenBy(route => route.Metric)
                .FirstOrDefault();
            if (best is null || best.Type == RouteType.Throw || best.Destination.Length <= (rule.SuppressPrefixLength ?? -1)) continue;
            return best;
        }

        return null;
    }

    private static IpAddr? Source(TestNode node, int link, IpFamily family) => node.Addresses
        .Where(address => address.Address.Family == family)
        .OrderByDescending(address => address.Link == link)
        .Select(address => (IpAddr?)address.Address)
        .FirstOrDefault();
}
