// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>Puts the outcomes of all ways together.</summary>
internal sealed class OutcomeCollector(EvaluationOptions options)
{
    private const int MaxAlternatives = 64, MaxReasons = 16;

    private readonly List<FilterAlternative> _alternatives = [];
    private readonly List<UndecidedExpression> _reasons = [];
    private FilterAlternative? _previous;
    private IReadOnlyList<TraceStep> _trace = [];
    private bool _sameVerdict = true, _sameDecision = true, _sameAnswer = true, _samePacket = true, _sameMark = true, _sameRewrites = true, _gaveUp;

    public int Paths { get; private set; }

    public void Add(EvaluationRun run, PathRunner runner, UndecidedExpression? turned)
    {
        var outcome = Alternative(run, runner);
        if (Paths++ == 0)
        {
            _trace = run.Trace;
            _alternatives.Add(outcome);
            _previous = outcome;
            if (run.Failure is { } first) Reason(first);
            return;
        }

        var reference = _alternatives[0];
        if (outcome.Verdict != _previous!.Verdict && turned is not null) Reason(turned);
        if (outcome.Verdict == FilterVerdict.Undetermined && run.Failure is { } failure) Reason(failure);
        _sameVerdict &= outcome.Verdict == reference.Verdict;
        _sameDecision &= Equals(outcome.Decision, reference.Decision);
        _sameAnswer &= outcome.Answer == reference.Answer;
        _samePacket &= outcome.Packet == reference.Packet;
        _sameMark &= outcome.Packet.Mark == reference.Packet.Mark;
        _sameRewrites &= outcome.Rewrites.SequenceEqual(reference.Rewrites);
        _previous = outcome;
        if (_alternatives.Count < (options.RecordCounters ? options.MaxPaths : MaxAlternatives) && !_alternatives.Exists(other => Same(other, outcome))) _alternatives.Add(outcome);
    }

    public void GiveUp(UndecidedExpression? at, string why)
    {
        _gaveUp = true;
        Reason(at is null ? new UndecidedExpression("ruleset", null, why) : at with { Missing = $"{at.Missing} ({why})" });
    }

    public FilterResult ToResult(long rules)
    {
        var first = _alternatives[0];
        var decided = _sameVerdict && !_gaveUp && first.Verdict != FilterVerdict.Undetermined;
        return new FilterResult
        {
            Verdict = decided ? first.Verdict : FilterVerdict.Undetermined,
            Decision = decided && _sameDecision ? first.Decision : null,
            Answer = decided && _sameAnswer ? first.Answer : null,
            Undecided = decided ? [] : _reasons,
            Alternatives = _alternatives,
            Hooks = first.Hooks,
            Rewrites = _sameRewrites && !_gaveUp ? first.Rewrites : null,
            Packet = _samePacket && !_gaveUp ? first.Packet : null,
            FinalMark = _sameMark && !_gaveUp ? first.Packet.Mark : null,
            Trace = _trace,
            Paths = Paths,
            RulesEvaluated = rules,
        };
    }

    private static bool Same(FilterAlternative a, FilterAlternative b) => a.Verdict == b.Verdict && Equals(a.Decision, b.Decision) && a.Answer == b.Answer
        && a.Packet == b.Packet && a.Rewrites.SequenceEqual(b.Rewrites) && a.Counted.SequenceEqual(b.Counted);

    private static FilterAlternative Alternative(EvaluationRun run, PathRunner runner)
    {
        var last = runner.Hooks[^1];
        var verdict = runner.Unroutable ? FilterVerdict.Dropped : last.Verdict;
        return new FilterAlternative
        {
            Verdict = verdict,
            Decision = runner.Unroutable ? null : verdict == FilterVerdict.Accepted ? Acceptance(runner.Hooks) : last.Last?.Decision,
            Answer = runner.Unroutable ? "no route" : last.Last?.Answer,
            Rewrites = [.. run.State.Rewrites],
            Packet = run.State.ToPacket(),
            Hooks = [.. runner.Hooks.Select(hook => hook.ToOutcome())],
            Supposed = [.. run.Explorer.Supposed],
            Counted = run.Counted,
        };
    }

    /// <summary>Of an accepted packet: the last rule of a filter chain that let it pass, else the last policy of one, else any.</summary>
    private static RuleReference? Acceptance(IReadOnlyList<HookResult> hooks)
    {
        RuleReference? policy = null, rule = null, any = null;
        foreach (var chain in hooks.SelectMany(hook => hook.Chains))
        {
            any = chain.Decision;
            if (chain.Decision is not { } decision || !IsFilter(decision)) continue;
            if (decision.Rule is null) policy = decision;
            else rule = decision;
        }

        return rule ?? policy ?? any;
    }

    private static bool IsFilter(RuleReference decision) => decision.Backend == NetfilterBackend.Legacy ? decision.Table.Name == "filter" : decision.Chain.Type is null or "filter";

    private void Reason(UndecidedExpression reason)
    {
        if (_reasons.Count < MaxReasons && !_reasons.Contains(reason)) _reasons.Add(reason);
    }
}
