// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>How many routes of one family are kept. A kept route is some 400 bytes of memory and as much in the facts.</summary>
internal sealed record RouteLimits
{
    /// <summary>Routes that decide about tunnels: more than a cluster of five thousand nodes gives each of them.</summary>
    public int Deciding { get; init; } = 20_000;

    /// <summary>Others of one table: small tables stay whole.</summary>
    public int OthersPerTable { get; init; } = 1_000;

    /// <summary>Others of all tables together.</summary>
    public int Others { get; init; } = 5_000;
}
