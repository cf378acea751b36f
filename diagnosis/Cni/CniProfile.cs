// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>What one program that makes tunnels leaves on a node: how it is recognised, what is right for it and what is normal. A new profile is one file.</summary>
internal sealed record CniProfile
{
    /// <summary>The program, as people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Device names that nobody else uses unless they copied them; empty when names are the user's.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>UDP ports it listens on unless configured otherwise.</summary>
    public IReadOnlyList<ushort> Ports { get; init; } = [];

    /// <summary>Types of its own CNI plugins; empty when it is no pod network.</summary>
    public IReadOnlyList<string> Plugins { get; init; } = [];

    /// <summary>Its name among the owners of packet filter rules; null when it writes none.</summary>
    public string? FilterOwner { get; init; }

    /// <summary>Whether a routing rule is one that only this program writes, seen beside one of its devices; null when it writes none.</summary>
    public Func<RuleFact, WireGuardDeviceFact, bool>? IsItsRule { get; init; }

    /// <summary>Marks of the outer packets; empty when it sets none or they are configured.</summary>
    public IReadOnlyList<uint> Marks { get; init; } = [];

    /// <summary>Routing tables of its own.</summary>
    public IReadOnlyList<uint> Tables { get; init; } = [];

    public ProfileMtu? Mtu { get; init; }

    /// <summary>Persistent keepalive in seconds unless configured otherwise; 0 = off, null = each peer's own.</summary>
    public ushort? Keepalive { get; init; }

    /// <summary>What looks broken and is not.</summary>
    public NormalBehaviour Normal { get; init; }

    /// <summary>True when a peer's AllowedIPs are its node's spec.podCIDRs and little else.</summary>
    public bool UsesPodCidrs { get; init; }

    /// <summary>True when every node with a published key is to be a peer of every other.</summary>
    public bool IsFullMesh { get; init; }

    /// <summary>What a Node object says of its devices; nothing when it says nothing.</summary>
    public Func<ClusterNode, IEnumerable<PublishedDevice>> Published { get; init; } = _ => [];

    /// <summary>Whether a device is surely this program's by something that only it leaves.</summary>
    public Func<DeviceView, string?> OwnSign { get; init; } = _ => null;

    public bool IsPodNetwork => Plugins.Count > 0;
}
