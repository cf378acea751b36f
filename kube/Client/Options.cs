// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Client;

/// <summary>What to list.</summary>
public sealed record ListOptions
{
    /// <summary>Null = all namespaces, or a cluster-scoped resource.</summary>
    public string? Namespace { get; init; }

    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>Null = most recent; "0" = whatever the server has at hand.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Items a page; 0 = one page.</summary>
    public int PageSize { get; init; } = 500;
}

/// <summary>What to watch.</summary>
public sealed record WatchOptions
{
    public string? Namespace { get; init; }

    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>The version after which events are wanted.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>
    /// A streaming list: first what exists, not older than <see cref="ResourceVersion"/> (empty = most recent), then a bookmark with
    /// <see cref="WatchEvent{T}.IsInitialEventsEnd"/>, then changes. A server without it answers Invalid.
    /// </summary>
    public bool SendInitialEvents { get; init; }

    /// <summary>The server ends the watch after this time, so that a dead stream is noticed.</summary>
    public required TimeSpan Timeout { get; init; }
}
