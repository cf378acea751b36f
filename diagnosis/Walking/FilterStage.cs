// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Netfilter.Owners;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Asks the packet filters of one namespace at one hook after the other.</summary>
internal sealed class FilterStage(WalkNamespace space, WalkLog log, NetfilterEvaluator? evaluator)
{
    /// <summary>The packet after the hook; null when it ends there. What cannot be told is noted, and the way goes on as if it passed.</summary>
    public FilterPacket? Run(NetfilterHook hook, WalkStage stage, FilterPacket packet)
    {
        if (evaluator is null)
        {
            NoteUnread(stage);
            return packet;
        }

        var result = evaluator.EvaluateHook(packet, hook);
        var rewrites = result.Rewrites is { Count: > 0 } changes ? string.Join(", ", changes.Select(change => $"{change.Kind} to {change.To}")) : null;
        log.Rewrites.AddRange(result.Rewrites ?? []);
        var by = result.Rewrites?.Select(change => change.Rule).LastOrDefault(rule => rule is not null) ?? result.Decision;
        switch (result.Verdict)
        {
            case FilterVerdict.Accepted:
                if (result.Hooks.Any(outcome => outcome.Chains.Count > 0) || rewrites is not null)
                    log.Note(space, stage, WalkOutcome.Passed, rewrites is null ? "accepted" : $"accepted, {rewrites}", Text(by), Owner(by));
                return result.Packet ?? packet;
            case FilterVerdict.Undetermined:
                var undecided = result.Undecided is [var first, ..] ? first : null;
                var reason = undecided is null ? "it depends on what is not known" : $"it depends on {undecided.Expression}: {undecided.Missing} is not known";
                Open(stage, hook, reason, undecided?.Rule);
                return result.Packet ?? packet;
            case FilterVerdict.Rejected:
                End(stage, hook, $"rejected with {result.Answer}", result.Decision ?? by, rejected: true);
                return null;
            case FilterVerdict.Queued:
                Open(stage, hook, "given to a program in user space, which decides", by);
                return packet;
            case FilterVerdict.Stolen:
                Open(stage, hook, "taken off its way by a rule", by);
                return null;
            default:
                End(stage, hook, "dropped", result.Decision, rejected: false);
                return null;
        }
    }

    private void NoteUnread(WalkStage stage)
    {
        var reason = space.Facts.Netfilter?.NotAvailable;
        if (reason?.Reason == NotAvailableReason.NotPresent) return;
        Open(stage, null, $"the packet filters could not be read: {reason?.Detail ?? "nobody did"}", null);
    }

    private void End(WalkStage stage, NetfilterHook hook, string what, RuleReference? rule, bool rejected)
    {
        log.Note(space, stage, WalkOutcome.Dropped, what, Text(rule), Owner(rule));
        var kind = rule is null ? WalkStopKind.Other : rule.Rule is null ? WalkStopKind.ChainPolicy : WalkStopKind.FilterRule;
        log.Decisions.Add(new WalkDecision(space, WalkOutcome.Dropped, kind, what, rule, hook, rejected));
    }

    private void Open(WalkStage stage, NetfilterHook? hook, string what, RuleReference? rule)
    {
        log.Note(space, stage, WalkOutcome.Undetermined, what, Text(rule), Owner(rule));
        log.Decisions.Add(new WalkDecision(space, WalkOutcome.Undetermined, WalkStopKind.Other, what, rule, hook));
    }

    private string? Text(RuleReference? rule) => rule is null ? null : RuleDescription.Of(space, rule);

    private string? Owner(RuleReference? reference)
    {
        if (reference is null) return null;
        var ownership = reference.Rule is { } rule
            ? RuleOwners.Of(reference.Table, reference.Chain, rule, RuleDescription.Text(space, reference))
            : RuleOwners.Of(reference.Table, reference.Chain);
        return ownership.Proof == OwnerProof.None ? null : ownership.Owner.Name;
    }
}
