// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Netfilter.Owners;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Asks the packet filters of one namespace at one hook after the other.</summary>
internal sealed class FilterStage
{
    private readonly WalkNamespace _space;
    private readonly WalkLog _log;
    private readonly NetfilterEvaluator? _evaluator;

    public FilterStage(WalkNamespace space, WalkLog log, DateTimeOffset? now)
    {
        (_space, _log) = (space, log);
        if (space.Facts.Netfilter?.Value is { } rules)
            _evaluator = new NetfilterEvaluator(rules, new WalkEnvironment(space, now), new EvaluationOptions { Limits = LimitAssumption.AssumeBelow });
    }

    /// <summary>The packet after the hook; null when it ends there. What cannot be told is noted, and the way goes on as if it passed.</summary>
    public FilterPacket? Run(NetfilterHook hook, WalkStage stage, FilterPacket packet)
    {
        if (_evaluator is null)
        {
            NoteUnread(stage);
            return packet;
        }

        var result = _evaluator.EvaluateHook(packet, hook);
        var rewrites = result.Rewrites is { Count: > 0 } changes ? string.Join(", ", changes.Select(change => $"{change.Kind} to {change.To}")) : null;
        var by = result.Rewrites?.Select(change => change.Rule).LastOrDefault(rule => rule is not null) ?? result.Decision;
        switch (result.Verdict)
        {
            case FilterVerdict.Accepted:
                if (result.Hooks.Any(outcome => outcome.Chains.Count > 0) || rewrites is not null)
                    _log.Note(_space, stage, WalkOutcome.Passed, rewrites is null ? "accepted" : $"accepted, {rewrites}", Text(by), Owner(by));
                return result.Packet ?? packet;
            case FilterVerdict.Undetermined:
                var undecided = result.Undecided is [var first, ..] ? first : null;
                var reason = undecided is null ? "it depends on what is not known" : $"it depends on {undecided.Expression}: {undecided.Missing} is not known";
                _log.Note(_space, stage, WalkOutcome.Undetermined, reason, Text(undecided?.Rule), Owner(undecided?.Rule));
                return result.Packet ?? packet;
            case FilterVerdict.Rejected:
                _log.Note(_space, stage, WalkOutcome.Dropped, $"rejected with {result.Answer}", Text(by), Owner(by));
                return null;
            case FilterVerdict.Queued:
                _log.Note(_space, stage, WalkOutcome.Undetermined, "given to a program in user space, which decides", Text(by), Owner(by));
                return packet;
            case FilterVerdict.Stolen:
                _log.Note(_space, stage, WalkOutcome.Undetermined, "taken off its way by a rule", Text(by), Owner(by));
                return null;
            default:
                _log.Note(_space, stage, WalkOutcome.Dropped, "dropped", Text(result.Decision), Owner(result.Decision));
                return null;
        }
    }

    private void NoteUnread(WalkStage stage)
    {
        var reason = _space.Facts.Netfilter?.NotAvailable;
        if (reason?.Reason == NotAvailableReason.NotPresent) return;
        _log.Note(_space, stage, WalkOutcome.Undetermined, $"the packet filters could not be read: {reason?.Detail ?? "nobody did"}");
    }

    private string? Text(RuleReference? rule) => rule is null ? null : RuleDescription.Of(_space, rule);

    private string? Owner(RuleReference? reference)
    {
        if (reference is null) return null;
        var ownership = reference.Rule is { } rule
            ? RuleOwners.Of(reference.Table, reference.Chain, rule, RuleDescription.Text(_space, reference))
            : RuleOwners.Of(reference.Table, reference.Chain);
        return ownership.Proof == OwnerProof.None ? null : ownership.Owner.Name;
    }
}
