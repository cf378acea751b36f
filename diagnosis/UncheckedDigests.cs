// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis;

/// <summary>Says what could not be told of peers that are not listed.</summary>
internal static class UncheckedDigests
{
    public static IEnumerable<CouldNotCheck> OfDevice(DeviceView device)
    {
        if (device.Unlisted is not { } unlisted) yield break;
        var what = $"unlisted peers of {device.Name}";
        if (!unlisted.IsSound || unlisted.ReadKeys() is null) yield return new CouldNotCheck(device.Node.Name, what, $"the digest of {unlisted.Totals.Total} peers cannot be read");
        else if (unlisted.Missing is null && unlisted.Roster is null && IsMesh(device))
            yield return new CouldNotCheck(device.Node.Name, what, $"the {unlisted.Totals.Total} peers differ from those of the other nodes in more keys than a digest can tell");
        foreach (var key in (unlisted.Different ?? []).Order(StringComparer.Ordinal))
        {
            var far = unlisted.Roster?.UsualEntry(key)?.RemoteName ?? $"peer {PublicKeys.Short(key)}";
            yield return new CouldNotCheck(device.Node.Name, $"AllowedIPs of {far} on {device.Name}", "they differ from what the other nodes have for it, and the entry is not listed");
        }
    }

    /// <summary>In meshes where each node has AllowedIPs of its own for its peers, nothing is usual; that is said once.</summary>
    public static IEnumerable<CouldNotCheck> OfMeshes(MeshModel mesh) => mesh.Meshes
        .Select(group => group.Where(device => device.Unlisted is { Roster: not null, Different: null }).ToList())
        .Where(devices => devices.Count > 0)
        .Select(devices => new CouldNotCheck(devices[0].Node.Name, $"AllowedIPs of unlisted peers of {devices[0].Name}",
            $"on {DisplayText.Join(devices.Select(device => device.Node.Name))} they differ from those of the other nodes in more entries than a digest can tell"));

    // A node alone has nothing to compare with, and need not say so.
    private static bool IsMesh(DeviceView device) => device.HeldBy.Count > 0;
}
