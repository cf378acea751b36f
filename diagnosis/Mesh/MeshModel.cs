// SPDX-License-Identifier: Apache-2.0

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

    public IEnumerable<PeerView> Peers => Devices.SelectMany(device => device.Peers);

    /// <summary>Other devices that are tied to this one by peer entries, directly or over others.</summary>
    public IEnumerable<DeviceView> Siblings(DeviceView device) => _byMesh.Value[device.MeshId].Where(other => other != device);

    private readonly Lazy<ILookup<int, DeviceView>> _byMesh;

    public MeshModel() => _byMesh = new(() => Devices!.ToLookup(device => device.MeshId));
}
