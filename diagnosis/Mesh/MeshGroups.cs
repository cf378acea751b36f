// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Numbers the connected sets of devices: two meshes on one node stay two.</summary>
internal static class MeshGroups
{
    public static void Assign(IReadOnlyList<DeviceView> devices)
    {
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
                foreach (var peer in device.Peers)
                {
                    if (peer.Remote is { } remote && seen.Add(remote)) open.Enqueue(remote);
                }

                foreach (var entry in device.HeldBy)
                {
                    if (seen.Add(entry.Device)) open.Enqueue(entry.Device);
                }
            }
        }
    }
}
