// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>The answer of an evaluation.</summary>
public sealed record FilterResult
{
    public required FilterVerdict Verdict { get; init; }

    /// <summary>What decided: the rule that dropped or took the packet; for an accepted one the last rule or policy of a filter chain that let it pass. Null when nothing looked at it, or when it depends.</summary>
    public RuleReference? Decision { get; init; }

    /// <summary>How it was rejected; null otherwise.</summary>
    public string? Answer { get; init; }

    /// <summary>On what an undetermined outcome depends; for a decided one, what could not be decided but makes no difference is not listed.</summary>
    public IReadOnlyList<UndecidedExpression> Undecided { get; init; } = [];

    /// <summary>Outcomes that are possible, each once; one when everything is decided.</summary>
    public IReadOnlyList<FilterAlternative> Alternatives { get; init; } = [];

    /// <summary>Outcome at each hook, in order, of the first alternative.</summary>
    public IReadOnlyList<HookOutcome> Hooks { get; init; } = [];

    /// <summary>Rewrites that happen in every alternative; null when they differ.</summary>
    public IReadOnlyList<PacketRewrite>? Rewrites { get; init; }

    /// <summary>The packet afterwards; null when it differs among the alternatives. Unknown parts are null; an unknown address stays what it was and a rewrite tells.</summary>
    public FilterPacket? Packet { get; init; }

    /// <summary>The mark afterwards; null when unknown.</summary>
    public uint? FinalMark { get; init; }

    /// <summary>Chains entered and rules that decided something, of the first alternative.</summary>
    public IReadOnlyList<TraceStep> Trace { get; init; } = [];

    /// <summary>Ways through the rules that were tried.</summary>
    public int Paths { get; init; }

    /// <summary>Rules that were looked at.</summary>
    public long RulesEvaluated { get; init; }
}

/// <summary>One possible outcome.</summary>
public sealed record FilterAlternative
{
    public required FilterVerdict Verdict { get; init; }

    public RuleReference? Decision { get; init; }

    public string? Answer { get; init; }

    public IReadOnlyList<PacketRewrite> Rewrites { get; init; } = [];

    public required FilterPacket Packet { get; init; }

    public IReadOnlyList<HookOutcome> Hooks { get; init; } = [];

    /// <summary>What was supposed about undecided expressions to come here.</summary>
    public IReadOnlyList<UndecidedExpression> Supposed { get; init; } = [];

    /// <summary>Rules that matched up to their counter, in order; only when asked for.</summary>
    public IReadOnlyList<RuleReference> Counted { get; init; } = [];
}

/// <summary>What a hook made of the packet.</summary>
/// <param name="Hook">Hook.</param>
/// <param name="Verdict">Verdict.</param>
/// <param name="Chains">Base chains that looked at it, in order.</param>
public sealed record HookOutcome(NetfilterHook Hook, FilterVerdict Verdict, IReadOnlyList<ChainOutcome> Chains);

/// <summary>What a base chain made of the packet.</summary>
/// <param name="Verdict">Verdict.</param>
/// <param name="Decision">The rule, or the policy, that said so.</param>
public sealed record ChainOutcome(FilterVerdict Verdict, RuleReference Decision);

/// <summary>A step on the way.</summary>
/// <param name="Hook">Hook.</param>
/// <param name="Where">Rule; with <c>Rule</c> null the beginning or policy of a base chain.</param>
/// <param name="What">In words: <c>enter</c>, <c>jump X</c>, <c>goto X</c>, <c>return</c>, <c>accept</c>, <c>drop</c>, <c>policy accept</c> ...</param>
public sealed record TraceStep(NetfilterHook Hook, RuleReference Where, string What);
