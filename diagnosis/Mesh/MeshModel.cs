// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>All observed devices, tied together by their keys: what the rules look at. Everything is in a stable order.</summary>
internal sealed class MeshModel
{
    public required Thresholds Thresholds { get; init; }

    public required IReadOnlyList<NodeView> Nodes { get; init; }

    public required IReadOnlyList<DeviceView> Devices { get; init; }

    public required AddressIndex Addresses { get; init; }

    /// <summary>Names of nodes that came more than once; the newest facts were taken.</summary>
    public required IReadOnlyList<string> DuplicateNodes { get; init; }

    /// <summary>What the control plane publishes; empty where nobody could ask it.</summary>
    public ClusterView Cluster { get; init; } = ClusterView.Unknown;

    /// <summary>Whose the device is.</summary>
    public DeviceOwner OwnerOf(DeviceView device)
    {
        if (!_owners.TryGetValue(device, out var owner))
            _owners[device] = owner = OwnerSearch.Of(device, Cluster.Node(device.Node.Facts.Node));
        return owner;
    }

    public IEnumerable<PeerView> Peers => Devices.SelectMany(device => device.Peers);

    /// <summary>Other devices that are tied to this one by peer entries, directly or over others.</summary>
    /// <remarks>Of a large mesh a sample: what is usual shows in some of them as well as in all, and the work stays linear.</remarks>
    public IEnumerable<DeviceView> Siblings(DeviceView device) => _samples.Value[device.MeshId].Where(other => other != device);

    /// <summary>All devices of each mesh.</summary>
    public ILookup<int, DeviceView> Meshes => _byMesh.Value;

    private const int SiblingLimit = 256;

    private readonly Dictionary<DeviceView, DeviceOwner> _owners = [];
    private readonly Lazy<ILookup<int, DeviceView>> _byMesh;
    private readonly Lazy<ILookup<int, DeviceView>> _samples;

    public MeshModel()
    {
        _byMesh = new(() => Devices!.ToLookup(device => device.MeshId));
        _samples = new(() => Meshes.SelectMany(Sample).ToLookup(device => device.MeshId));
    }

    private static IEnumerable<DeviceView> Sample(IGrouping<int, DeviceView> mesh)
    {
        var all = mesh.ToList();
        var step = Math.Max(1, (all.Count + SiblingLimit - 1) / SiblingLimit);
        return all.Where((_, index) => index % step == 0);
    }
}
