// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>A rule: expressions that are evaluated in order until one breaks or gives a verdict.</summary>
public sealed record NetfilterRule
{
    /// <summary>NFTA_RULE_HANDLE; the rule's number within its chain, from 1, for a legacy rule.</summary>
    public required ulong Handle { get; init; }

    /// <summary>The comment in the rule's user data, or that of xt_comment; null when there is none.</summary>
    public string? Comment { get; init; }

    /// <summary>Packets and bytes that matched: of a legacy rule's counters or its first counter expression; null when it counts nothing.</summary>
    public RuleCounter? Counter { get; init; }

    public IReadOnlyList<Expression> Expressions { get; init; } = [];
}

/// <summary>Packets and bytes that something saw.</summary>
/// <param name="Packets">Packets.</param>
/// <param name="Bytes">Bytes, with IP headers.</param>
public sealed record RuleCounter(ulong Packets, ulong Bytes);
