// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary><c>v1 Volume</c>; sources other than the two here are not modelled and read as neither.</summary>
public sealed record Volume
{
    public required string Name { get; init; }

    public HostPathVolume? HostPath { get; init; }

    public EmptyDirVolume? EmptyDir { get; init; }
}

/// <summary>A folder or file of the node.</summary>
public sealed record HostPathVolume
{
    public required string Path { get; init; }

    /// <summary>E.g. <c>DirectoryOrCreate</c>, <c>Directory</c>, <c>File</c>; null = no check.</summary>
    public string? Type { get; init; }
}

/// <summary>Scratch space that lives as long as the pod.</summary>
public sealed record EmptyDirVolume
{
    /// <summary><c>Memory</c> for tmpfs; null = the node's disk.</summary>
    public string? Medium { get; init; }

    /// <summary>Quantity; null = no limit.</summary>
    public string? SizeLimit { get; init; }
}

/// <summary><c>v1 VolumeMount</c>.</summary>
public sealed record VolumeMount
{
    public required string Name { get; init; }

    public required string MountPath { get; init; }

    public bool? ReadOnly { get; init; }

    /// <summary><c>None</c>, <c>HostToContainer</c> or <c>Bidirectional</c>.</summary>
    public string? MountPropagation { get; init; }
}
