// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary><c>v1 Volume</c>; sources other than those here are not modelled and read as none.</summary>
public sealed record Volume
{
    public required string Name { get; init; }

    public HostPathVolume? HostPath { get; init; }

    public EmptyDirVolume? EmptyDir { get; init; }

    public ProjectedVolume? Projected { get; init; }
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

/// <summary><c>v1 ProjectedVolumeSource</c>: files from several sources in one folder.</summary>
public sealed record ProjectedVolume
{
    /// <summary>Mode of the files as a number (0444 octal = 292); null = 0644.</summary>
    public int? DefaultMode { get; init; }

    public required IReadOnlyList<VolumeProjection> Sources { get; init; }
}

/// <summary><c>v1 VolumeProjection</c>: exactly one is set.</summary>
public sealed record VolumeProjection
{
    public ServiceAccountTokenProjection? ServiceAccountToken { get; init; }

    public ConfigMapProjection? ConfigMap { get; init; }

    [JsonPropertyName("downwardAPI")]
    public DownwardApiProjection? DownwardApi { get; init; }
}

/// <summary>A token that the kubelet asks for, bound to the pod, and renews before it expires.</summary>
public sealed record ServiceAccountTokenProjection
{
    /// <summary>Null = the API server's own.</summary>
    public string? Audience { get; init; }

    /// <summary>At least 600 s.</summary>
    public long? ExpirationSeconds { get; init; }

    public required string Path { get; init; }
}

/// <summary>Keys of a config map in the pod's namespace.</summary>
public sealed record ConfigMapProjection
{
    public required string Name { get; init; }

    /// <summary>Null = all keys.</summary>
    public IReadOnlyList<KeyToPath>? Items { get; init; }
}

/// <summary>A key and the file that it becomes.</summary>
public sealed record KeyToPath
{
    public required string Key { get; init; }

    public required string Path { get; init; }
}

/// <summary>Fields of the pod as files.</summary>
public sealed record DownwardApiProjection
{
    public required IReadOnlyList<DownwardApiFile> Items { get; init; }
}

/// <summary>A field and the file that it becomes.</summary>
public sealed record DownwardApiFile
{
    public required string Path { get; init; }

    public ObjectFieldSelector? FieldRef { get; init; }
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
