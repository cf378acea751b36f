// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Networks;

/// <summary>What to build.</summary>
public sealed record LabOptions
{
    /// <summary>2 to 50.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>The meshes that are built; the underlay always has both families.</summary>
    public IReadOnlyList<Family> Families { get; init; } = [Family.V4];

    /// <summary>Persistent keepalive in seconds; 0 = off, as flannel has it.</summary>
    public int Keepalive { get; init; }
}
