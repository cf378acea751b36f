// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>How much of the table is kept.</summary>
internal sealed record ConntrackLimits
{
    /// <summary>Outer flows that are looked at for translation: two for each of some thousands of peers.</summary>
    public int Outer { get; init; } = 16_384;

    /// <summary>Outer flows that stand in the facts one by one.</summary>
    public int OuterShown { get; init; } = 256;

    /// <summary>Inner flows that are kept; where everything goes through tunnels they are most of the table.</summary>
    public int Inner { get; init; } = 256;

    /// <summary>Pairs of prefixes whose flows count as inner ones although no AllowedIPs have them.</summary>
    public IReadOnlyList<(IpPrefix From, IpPrefix To)> Paths { get; init; } = [];
}
