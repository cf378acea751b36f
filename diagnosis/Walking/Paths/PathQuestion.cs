// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Walking.Paths;

/// <summary>A path that somebody asks about, as addresses. Every node finds out by itself whether it has one of its ends.</summary>
public sealed record PathQuestion
{
    /// <summary>The most paths that a node walks.</summary>
    public const int MaxPaths = 32;

    /// <summary>The most addresses that a path may begin at.</summary>
    public const int MaxSources = 6;

    /// <summary>Its name; several addresses that one path leads to are as many questions of one name.</summary>
    public required string Name { get; init; }

    /// <summary>Addresses that the path may begin at, of the family of <see cref="To"/>: a pod's one, or those that the node is known to send from.</summary>
    public required IReadOnlyList<IpAddr> From { get; init; }

    /// <summary>It begins at the node itself: the kernel chooses the source.</summary>
    public bool FromNode { get; init; }

    public required IpAddr To { get; init; }

    /// <summary>IPPROTO_*.</summary>
    public required byte Protocol { get; init; }

    /// <summary>Null where the protocol has none.</summary>
    public ushort? Port { get; init; }
}
