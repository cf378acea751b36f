// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Peers;

/// <summary>
/// Pairs of a full mesh that know nothing of each other. Only where the mesh itself says that everybody should know everybody: five nodes or more, of which each misses
/// hardly anyone. Hubs, rings and chains miss most.
/// </summary>
internal static class FullMesh
{
    /// <summary>Below that a mesh with two hubs looks like a full one with a gap.</summary>
    private const int Smallest = 5;

    /// <summary>Of this many nodes one may miss one other.</summary>
    private const int Gap = 5;

    public static IEnumerable<(DeviceView One, DeviceView Other)> Gaps(MeshModel mesh) => mesh.Meshes.SelectMany(Gaps);

    private static IEnumerable<(DeviceView One, DeviceView Other)> Gaps(IEnumerable<DeviceView> mesh)
    {
        var byKey = mesh.Where(device => device.Key is not null).GroupBy(device => device.Key!, StringComparer.Ordinal)
            .Where(group => !group.Skip(1).Any()).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        if (byKey.Count < Smallest) return [];
        var gaps = new List<(DeviceView, DeviceView)>();
        var limit = byKey.Count / Gap;
        foreach (var device in byKey.Values)
        {
            if (!device.PeersComplete) return [];
            // The digest of a large device says whom it misses; where it does not, nothing is known of the mesh.
            var missing = device.Unlisted is { } unlisted ? unlisted.Missing?.Where(byKey.ContainsKey).ToList() : byKey.Keys.Where(key => key != device.Key && device.PeerByKey(key) is null).ToList();
            if (missing is null) return [];
            if (missing.Count > limit) return [];
            gaps.AddRange(missing.Select(key => byKey[key])
                .Where(other => string.CompareOrdinal(device.Key, other.Key) < 0 && other.Holds(device.Key!) == false)
                .Select(other => (device, other)));
        }

        return gaps.Count <= limit ? gaps : [];
    }
}
