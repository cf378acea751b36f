// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>
/// Puts unexplained symptoms together: the node with the most failing partners first, then what is left. One node that nobody
/// reaches becomes one group with all its tunnels, both directions.
/// </summary>
internal static class SymptomGroups
{
    public static IEnumerable<(DeviceView Culprit, IReadOnlyList<PeerView> Tunnels)> Of(IReadOnlyList<PeerView> tunnels)
    {
        // An unobserved end is known by its key alone.
        var byEnd = tunnels.SelectMany(tunnel => Ends(tunnel).Select(end => (end, tunnel)))
            .GroupBy(item => item.end, item => item.tunnel)
            .Select(group => (End: group.Key, Tunnels: group.ToList()))
            .OrderByDescending(group => Partners(group.Tunnels))
            .ToList();
        var taken = new HashSet<PeerView>();
        foreach (var (end, own) in byEnd)
        {
            var left = own.FindAll(tunnel => !taken.Contains(tunnel));
            if (Partners(left) < 2) continue;
            taken.UnionWith(left);
            yield return (left[0].Device.Key == end ? left[0].Device : left[0].Remote ?? left[0].Device, left);
        }

        foreach (var pair in tunnels.Where(tunnel => !taken.Contains(tunnel)).GroupBy(PairKey, StringComparer.Ordinal))
            yield return (pair.First().Device, [.. pair]);
    }

    private static string[] Ends(PeerView tunnel) => [tunnel.Device.Key ?? "", tunnel.Key];

    private static int Partners(List<PeerView> tunnels) => tunnels.Select(PairKey).Distinct().Count();

    private static string PairKey(PeerView tunnel) =>
        string.Join('\n', Ends(tunnel).Order(StringComparer.Ordinal));
}
