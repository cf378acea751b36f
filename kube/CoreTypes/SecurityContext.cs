// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>The container's <c>v1 SecurityContext</c>.</summary>
public sealed record SecurityContext
{
    public bool? Privileged { get; init; }

    public bool? AllowPrivilegeEscalation { get; init; }

    public bool? ReadOnlyRootFilesystem { get; init; }

    public long? RunAsUser { get; init; }

    public long? RunAsGroup { get; init; }

    public bool? RunAsNonRoot { get; init; }

    public Capabilities? Capabilities { get; init; }

    public SeccompProfile? SeccompProfile { get; init; }

    public AppArmorProfile? AppArmorProfile { get; init; }

    public SeLinuxOptions? SeLinuxOptions { get; init; }
}

/// <summary>The pod's <c>v1 PodSecurityContext</c>.</summary>
public sealed record PodSecurityContext
{
    public long? RunAsUser { get; init; }

    public long? RunAsGroup { get; init; }

    public bool? RunAsNonRoot { get; init; }

    public long? FsGroup { get; init; }

    public SeccompProfile? SeccompProfile { get; init; }
}

/// <summary>Linux capabilities without the prefix <c>CAP_</c>; <c>ALL</c> means every one.</summary>
public sealed record Capabilities
{
    public IReadOnlyList<string>? Add { get; init; }

    public IReadOnlyList<string>? Drop { get; init; }
}

/// <summary><c>v1 SeccompProfile</c>.</summary>
public sealed record SeccompProfile
{
    /// <summary><c>RuntimeDefault</c>, <c>Unconfined</c> or <c>Localhost</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Only with <c>Localhost</c>.</summary>
    public string? LocalhostProfile { get; init; }
}

/// <summary><c>v1 AppArmorProfile</c> (Kubernetes 1.30).</summary>
public sealed record AppArmorProfile
{
    /// <summary><c>RuntimeDefault</c>, <c>Unconfined</c> or <c>Localhost</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Only with <c>Localhost</c>: a profile that is loaded on the node.</summary>
    public string? LocalhostProfile { get; init; }
}

/// <summary>The part of <c>v1 SELinuxOptions</c> that this project writes; the rest is the runtime's choice.</summary>
public sealed record SeLinuxOptions
{
    public string? Type { get; init; }
}
