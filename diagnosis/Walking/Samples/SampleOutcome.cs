// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>What became of one packet, in a form that compares.</summary>
internal sealed record SampleOutcome(WalkResult Result, WalkStop? Stop = null, WalkNat? Nat = null, WalkRule? Notrack = null, string? DependsOn = null, string? Link = null)
{
    private const int TextLimit = 200;

    /// <param name="start">The namespace of the device.</param>
    /// <param name="sent">The packet as it began.</param>
    /// <param name="end">How its way ended.</param>
    /// <param name="log">The way.</param>
    /// <param name="link">Name of the device it left by; null when it did not leave.</param>
    /// <param name="expected">True when it ended where it should.</param>
    /// <param name="rules">Describes rules.</param>
    public static SampleOutcome Of(WalkNamespace start, FilterPacket sent, WalkEnd end, WalkLog log, string? link, bool expected, RuleFacts rules)
    {
        var open = log.Decisions.Find(decision => decision.Outcome == WalkOutcome.Undetermined);
        if (end.Outcome == WalkOutcome.Dropped && log.Decisions is [.., { Outcome: WalkOutcome.Dropped } stop])
        {
            return new SampleOutcome(
                stop.Rejected ? WalkResult.Rejected : WalkResult.Dropped, StopOf(start, stop, rules), NatOf(start, sent, null, log, rules), NotrackOf(start, log, rules));
        }

        if (open is not null || end.Outcome is WalkOutcome.Undetermined or WalkOutcome.Dropped)
            return new SampleOutcome(WalkResult.Undetermined, SuspectOf(start, open, rules), DependsOn: PlainText.OneLine(open?.What ?? "what could not be read", TextLimit));
        var nat = NatOf(start, sent, end.Packet, log, rules);
        return new SampleOutcome(expected ? WalkResult.Passed : WalkResult.Diverted, Nat: nat, Link: expected && nat is null ? null : link);
    }

    private static WalkStop StopOf(WalkNamespace start, WalkDecision stop, RuleFacts rules) => new(
        stop.Kind,
        PlainText.OneLine(stop.What, TextLimit),
        ReferenceEquals(stop.Space, start) ? null : PlainText.OneLine(stop.Space.Name, TextLimit),
        stop.Rule is { } rule ? rules.Of(stop.Space, rule, stop.Hook) : null);

    // Nobody can tell whether the rule takes this packet, but its counter says that it drops packets now.
    private static WalkStop? SuspectOf(WalkNamespace start, WalkDecision? open, RuleFacts rules)
    {
        var suspect = open?.Suspects.Select(rule => rules.Of(open.Space, rule, open.Hook)).FirstOrDefault(rule => rule.Packets is { Growth: > 0 });
        return suspect is null ? null : new WalkStop(
            suspect.IsPolicy ? WalkStopKind.ChainPolicy : WalkStopKind.FilterRule, PlainText.OneLine(open!.What, TextLimit),
            ReferenceEquals(open.Space, start) ? null : PlainText.OneLine(open.Space.Name, TextLimit), suspect);
    }

    private static WalkRule? NotrackOf(WalkNamespace start, WalkLog log, RuleFacts rules) =>
        log.Rewrites.Find(change => change is { Kind: "notrack", Rule: not null }) is { Rule: { } rule } ? rules.Of(start, rule) : null;

    private static WalkNat? NatOf(WalkNamespace start, FilterPacket sent, FilterPacket? after, WalkLog log, RuleFacts rules)
    {
        var change = log.Rewrites.FindLast(rewrite => rewrite.Kind is "snat" or "masquerade" or "dnat" or "redirect" or "netmap" or "tproxy");
        if (change is null) return null;
        var portKnown = after?.SourcePort is not null || sent.SourcePort is null;
        var (source, destination) = (Differs(after?.Source, sent.Source), Differs(after?.Destination, sent.Destination));
        return new WalkNat(
            change.Kind,
            // A rule's words name ports and identifiers too, in which the protocols differ that it treats alike.
            destination is null && source is { } address ? address.ToString() : PlainText.OneLine(change.To, TextLimit),
            source,
            portKnown && after?.SourcePort != sent.SourcePort ? after?.SourcePort : null,
            destination,
            after?.DestinationPort != sent.DestinationPort ? after?.DestinationPort : null,
            change.Rule is { } rule ? rules.Of(start, rule) : null,
            after is not null && !portKnown);
    }

    private static IpAddr? Differs(IpAddr? after, IpAddr before) => after is { } known && known != before ? known : null;
}
