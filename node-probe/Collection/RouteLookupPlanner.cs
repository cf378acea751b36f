// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Decides which route lookups are worth asking: the way to each endpoint, and the way into each AllowedIPs prefix.</summary>
internal static class RouteLookupPlanner
{
    /// <summary>The most questions of one namespace; each costs some microseconds and a line in the facts.</summary>
    public const int MaxLookups = 20_000;

    /// <summary>Makes the questions, each once, endpoints first; <paramref name="cut"/> says that there were more than the limit.</summary>
    public static IReadOnlyList<RouteLookupFact> Plan(IEnumerable<WireGuardDeviceFact> devices, out bool cut)
    {
        var all = devices.ToList();
        var questions = new List<RouteLookupFact>();
        var seen = new HashSet<RouteLookupFact>();
        cut = false;
        foreach (var question in all.SelectMany(Endpoints).Concat(all.SelectMany(Prefixes)))
        {
            if (!seen.Add(question)) continue;
            if (questions.Count == MaxLookups)
            {
                cut = true;
                break;
            }

            questions.Add(question);
        }

        return questions;
    }

    /// <summary>An address inside the prefix: itself for a host, else the one after the network address.</summary>
    public static IpAddr RepresentativeOf(IpPrefix prefix) =>
        prefix.IsHost ? prefix.Network : IpAddr.FromBits(prefix.Family, prefix.Network.Bits + UInt128.One);

    // A link-local endpoint means a different way on every link, and which one is not among the facts: a lookup would answer at random.
    private static IEnumerable<RouteLookupFact> Endpoints(WireGuardDeviceFact device) =>
        from peer in device.Peers
        where peer.Endpoint is { Address: { IsLinkLocal: false, IsUnspecified: false } }
        select new RouteLookupFact
        {
            Purpose = RouteLookupPurpose.Endpoint,
            Device = device.Name,
            Destination = peer.Endpoint!.Value.Address,
            Mark = device.FirewallMark,
        };

    // The default prefix stands for every address, so no single one can answer for it.
    private static IEnumerable<RouteLookupFact> Prefixes(WireGuardDeviceFact device) =>
        from peer in device.Peers
        from prefix in peer.AllowedIps
        where !prefix.IsDefault
        select new RouteLookupFact
        {
            Purpose = RouteLookupPurpose.AllowedIp,
            Device = device.Name,
            Destination = RepresentativeOf(prefix),
            Prefix = prefix,
        };
}
