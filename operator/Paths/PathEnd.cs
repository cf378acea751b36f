// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Operator.Paths;

/// <summary>An end of a path as it was found.</summary>
/// <param name="Node">Its node; null when it is not known.</param>
/// <param name="Addresses">Its addresses in its own order, of either family.</param>
internal sealed record PathEnd(string? Node, IReadOnlyList<IpAddr> Addresses)
{
    /// <summary>It is the node itself, be it by a pod in the node's network.</summary>
    public bool IsNode { get; init; }

    /// <summary>Addresses that it may send from but is not reached at.</summary>
    public IReadOnlyList<IpAddr> Further { get; init; } = [];

    /// <summary>The port there; null = the one that was asked.</summary>
    public int? Port { get; init; }
}

/// <summary>Ends of a path, or why there are none.</summary>
internal sealed record FoundEnds(IReadOnlyList<PathEnd> Ends, string? Problem)
{
    public static FoundEnds One(PathEnd end) => new([end], null);

    public static FoundEnds None(string problem) => new([], problem);
}
