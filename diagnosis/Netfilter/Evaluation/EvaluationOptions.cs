// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>How to evaluate.</summary>
public sealed record EvaluationOptions
{
    public static readonly EvaluationOptions Default = new();

    /// <summary>What rates, quotas and connection limits say.</summary>
    public LimitAssumption Limits { get; init; } = LimitAssumption.Either;

    /// <summary>Ways through the rules that are tried where expressions cannot be decided.</summary>
    public int MaxPaths { get; init; } = 4096;

    /// <summary>Rules that are looked at, over all ways.</summary>
    public long MaxRules { get; init; } = 20_000_000;

    /// <summary>Rules that are looked at on one way; more than any sane ruleset has, and an end to circles in facts no kernel would give.</summary>
    public int MaxRulesPerPath { get; init; } = 2_000_000;

    /// <summary>Steps kept in <see cref="FilterResult.Trace"/>.</summary>
    public int MaxTrace { get; init; } = 256;

    /// <summary>Note every rule that matched up to its counter, in <see cref="FilterAlternative.Counted"/>.</summary>
    public bool RecordCounters { get; init; }
}

/// <summary>What to suppose of limits, which depend on the packets before.</summary>
public enum LimitAssumption
{
    /// <summary>Both is possible: decided only when it makes no difference.</summary>
    Either,

    /// <summary>Rates, quotas and numbers of connections stay below their limits.</summary>
    AssumeBelow,

    /// <summary>They are above.</summary>
    AssumeAbove,
}
