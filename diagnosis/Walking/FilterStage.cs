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
    /// <summary>More rules that may have dropped one packet tell nothing of any of them.</summary>
    private const int MostSuspects = 8;

    /// <summary>The packet after the hook; null when it ends there. What cannot be told is noted, and the way goes on as if it passed.</summary>
    public FilterPacket? Run(NetfilterHook hook, WalkStage stage, FilterPacket packet, NetfilterFamily? family = null)
    {
        if (evaluator is null)
        {
            NoteUnread(stage);
            return packet;
        }

        // Where frames are looked at they say what they carry; between whom is not among the facts. WireGuard's and TUN devices have none (ARPHRD_NONE).
        var seen = family == NetfilterFamily.Netdev && (packet.Input ?? packet.Output) is { Type: not 65534 } ? packet with { LinkLayer = PacketLinkLayer.OfUnknownAddresses } : packet;
        var result = evaluator.EvaluateHook(seen, hook, family);
        var rewrites = result.Rewrites is { Count: > 0 } changes ? string.Join(", ", changes.Select(change => $"{change.Kind} to {change.To}")) : null;
        log.Rewrites.AddRange(result.Rewrites ?? []);
        var by = result.Rewrites?.Select(change => change.Rule).LastOrDefault(rule => rule is not null) ?? result.Decision;
        switch (result.Verdict)
        {
            case FilterVerdict.Accepted:
                if (result.Hooks.Any(outcome => outcome.Chains.Count > 0) || rewrites is not null)
                    log.Note(space, stage, WalkOutcome.Passed, rewrites is null ? "accepted" : $"accepted, {rewrites}", Text(by), Owner(by));
                return (result.Packet ?? packet) with { LinkLayer = packet.LinkLayer };
            case FilterVerdict.Undetermined:
                var undecided = result.Undecided is [var first, ..] ? first : null;
                var reason = undecided is null ? "it depends on what is not known" : $"it depends on {undecided.Expression}: {undecided.Missing} is not known";
                Open(stage, hook, reason, undecided?.Rule, [.. result.Alternatives.Where(IsEnd).Select(alternative => alternative.Decision).OfType<RuleReference>().Distinct().Take(MostSuspects)]);
                return (result.Packet ?? packet) with { LinkLayer = packet.LinkLayer };
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

    private static bool IsEnd(FilterAlternative alternative) => alternative is { Verdict: FilterVerdict.Dropped or FilterVerdict.Rejected, Decision: not null };

    /// <summary>
    /// True when a bridge lets the packet pass by at least one of its ports. Which one it takes is known to the bridge alone; what is dropped at all of them is
    /// dropped for certain, and noted.
    /// </summary>
    /// <param name="hooks">The hooks of family bridge, in order.</param>
    /// <param name="stage">Where it is noted.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="ports">The packet with each port as its device.</param>
    public bool PassesBridge(IReadOnlyList<NetfilterHook> hooks, WalkStage stage, FilterPacket packet, IReadOnlyList<Func<FilterPacket, FilterPacket>> ports)
    {
        if (evaluator is null || ports.Count == 0) return true;
        foreach (var hook in hooks)
        {
            var results = ports.Select(port => evaluator.EvaluateHook(port(packet) with { LinkLayer = PacketLinkLayer.OfUnknownAddresses }, hook, NetfilterFamily.Bridge)).ToList();
            if (!results.TrueForAll(result => result.Verdict is FilterVerdict.Dropped or FilterVerdict.Rejected)) continue;
            End(stage, hook, "dropped", results[0].Decision, rejected: false);
            return false;
        }

        return true;
    }

    private void Open(WalkStage stage, NetfilterHook? hook, string what, RuleReference? rule, IReadOnlyList<RuleReference>? suspects = null)
    {
        log.Note(space, stage, WalkOutcome.Undetermined, what, Text(rule), Owner(rule));
        log.Decisions.Add(new WalkDecision(space, WalkOutcome.Undetermined, WalkStopKind.Other, what, rule, hook) { Suspects = suspects ?? [] });
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
