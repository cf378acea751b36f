// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Numbers the connected sets of devices: two meshes on one node stay two.</summary>
internal static class MeshGroups
{
    public static void Assign(IReadOnlyList<DeviceView> devices)
    {
        var neighbours = devices.SelectMany(device => device.Peers)
            .Where(peer => peer.Remote is not null)
            .SelectMany(peer => new[] { (From: peer.Device, To: peer.Remote!), (From: peer.Remote!, To: peer.Device) })
            .ToLookup(edge => edge.From, edge => edge.To);
        var seen = new HashSet<DeviceView>();
        var number = 0;
        foreach (var start in devices)
        {
            if (!seen.Add(start)) continue;
            number++;
            var open = new Queue<DeviceView>([start]);
            while (open.TryDequeue(out var device))
            {
                device.MeshId = number;
                foreach (var next in neighbours[device])
                {
                    if (seen.Add(next)) open.Enqueue(next);
                }
            }
        }
    }
}
