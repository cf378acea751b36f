// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>
/// How the devices of a mesh get their routes: one for the whole cluster network (Flannel) or one per prefix. Learnt from the other
/// devices, because nothing else on a node says what its routes should be.
/// </summary>
internal static class RouteConvention
{
    /// <summary>
    /// Routes that would lead the prefixes into the device: the one that at least half of the siblings have for all of them, else one per
    /// prefix. The second value is a sibling's route to imitate; null when there is none.
    /// </summary>
    public static IReadOnlyList<(IpPrefix Destination, RouteFact? Like)> RoutesFor(MeshModel mesh, DeviceView device, IReadOnlyList<IpPrefix> prefixes)
    {
        if (prefixes.Count == 0) return [];
        var siblings = mesh.Siblings(device).Where(other => other.RoutesInto(prefixes[0].Family).Any()).ToList();
        var common = siblings
            .SelectMany(other => other.RoutesInto(prefixes[0].Family).Where(IsStatic).DistinctBy(route => route.Destination))
            .Where(route => !route.Destination.IsDefault && prefixes.All(route.Destination.Contains))
            .GroupBy(route => route.Destination)
            .Where(group => group.Count() * 2 >= siblings.Count)
            .OrderByDescending(group => group.Key.Length)
            .Select(group => group.First())
            .FirstOrDefault();
        // A route that one prefix has to itself is no common route, and belongs to the far side that the sibling talks to.
        return common is not null && prefixes.Any(prefix => prefix != common.Destination)
            ? [(common.Destination, common)]
            : [.. prefixes.Select(prefix => (prefix, (RouteFact?)null))];
    }

    /// <summary>Not made by the kernel for an address, and not by a routing daemon (RTPROT_ZEBRA 11, RTPROT_BIRD 12, 186 and above).</summary>
    public static bool IsStatic(RouteFact route) => route.Protocol is not (2 or 11 or 12) and < 186;
}
