// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>A routing policy rule (RTM_NEWRULE).</summary>
public sealed record RuleFact
{
    public required IpFamily Family { get; init; }

    /// <summary>FRA_PRIORITY; lower is asked first.</summary>
    public required uint Priority { get; init; }

    /// <summary>FR_ACT_*: 1 to table, 2 goto, 6 blackhole, 7 unreachable, 8 prohibit.</summary>
    public required byte Action { get; init; }

    public uint Table { get; init; }

    public IpPrefix? From { get; init; }

    public IpPrefix? To { get; init; }

    public string? InputInterface { get; init; }

    public string? OutputInterface { get; init; }

    /// <summary>FRA_FWMARK; null when the rule does not look at the mark.</summary>
    public uint? Mark { get; init; }

    public uint? MarkMask { get; init; }

    /// <summary>FRA_SUPPRESS_PREFIXLEN: results with this prefix length or shorter do not count.</summary>
    public int? SuppressPrefixLength { get; init; }

    /// <summary>FIB_RULE_INVERT: "not".</summary>
    public bool Invert { get; init; }

    /// <summary>
    /// The rule also looks at something that is not written down here (TOS, protocol, ports, UID, l3mdev, tunnel id),
    /// so nobody can say from this record which packets it matches.
    /// </summary>
    public bool OtherSelectors { get; init; }
}
