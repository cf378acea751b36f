// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>Walks single packets that begin in one namespace, and says whether they end where they should.</summary>
internal sealed class SampleRunner(WalkNamespace space, IReadOnlyList<WalkNamespace> all, WalkFilters filters, RuleFacts rules)
{
    /// <summary>Addresses of the node that are tried against a pod's packet filter.</summary>
    private const int MaxNear = 8;

    private readonly NamespaceLinks _links = new(all);

    public WalkNamespace Space => space;

    /// <summary>A packet that is made here and should leave by a device (null = by any but the loopback).</summary>
    public SampleOutcome FromHere(FilterPacket packet, int? expectedLink, bool sourceChosen = true)
    {
        var log = new WalkLog();
        var end = new NamespaceWalk(space, log, filters).FromHere(packet, sourceChosen);
        return Judge(packet, end, log, end.Outcome == WalkOutcome.Passed && (expectedLink is null || end.Link == expectedLink) && !Turned(log));
    }

    /// <summary>A packet that comes in by a device and should leave by another one; what is behind that is walked too, where it was read.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="input">Where it comes in.</param>
    /// <param name="expectedLink">Where it should leave; null = anywhere.</param>
    /// <param name="evenIfOff">Go on as if forwarding were on: what comes behind that is hidden otherwise.</param>
    public SampleOutcome Through(FilterPacket packet, LinkFact input, int? expectedLink, bool evenIfOff = false)
    {
        var log = new WalkLog();
        var end = new NamespaceWalk(space, log, filters).FromDevice(packet, input, evenIfOff: evenIfOff);
        var expected = end.Outcome == WalkOutcome.Passed && (expectedLink is null || end.Link == expectedLink) && !Turned(log);
        if (expected && end.Packet is { } leaving && Beyond(end) is var (next, far, port) && next.Has(leaving.Destination))
        {
            var beyond = new NamespaceWalk(next, log, filters).FromDevice(leaving with { Mark = 0, Conntrack = packet.Conntrack }, far, port);
            // Whatever it does there, it is out of this node's hands; only an end there is of interest.
            if (beyond.Outcome == WalkOutcome.Dropped && (!next.Sampled || IsAgainstStrangers(log, next, leaving with { Mark = 0, Conntrack = packet.Conntrack }, far, port))) end = beyond;
        }

        return Judge(packet, end, log, expected);
    }

    /// <summary>A packet that comes in by a device and should reach a socket of this namespace.</summary>
    public SampleOutcome To(FilterPacket packet, LinkFact input)
    {
        var log = new WalkLog();
        var end = new NamespaceWalk(space, log, filters).FromDevice(packet, input);
        return Judge(packet, end, log, end.Outcome == WalkOutcome.Delivered && !Turned(log));
    }

    // A pod that is closed to its own node too was meant to be closed.
    private bool IsAgainstStrangers(WalkLog log, WalkNamespace next, FilterPacket packet, LinkFact far, string port) =>
        log.Decisions is [.., { Rule: { } rule }]
        && (rule.Rule is null ? rule.Chain.PolicyCounter : rule.Rule.Counter) is { Packets: > 0 }
        && (space.Facts.Addresses.Value ?? []).Select(own => own.Address)
            .Where(own => own.Family == packet.Destination.Family && !own.IsLoopback && !own.IsLinkLocal)
            .Take(MaxNear)
            .Any(near => new NamespaceWalk(next, new WalkLog(), filters).FromDevice(packet with { Source = near }, far, port).Outcome != WalkOutcome.Dropped);

    // The destination was rewritten: it goes to somebody else.
    private static bool Turned(WalkLog log) => log.Rewrites.Exists(change => change.Kind is "dnat" or "redirect" or "tproxy");

    private (WalkNamespace Space, LinkFact Input, string Port)? Beyond(WalkEnd end)
    {
        if (space.Link(end.Link) is not { } device) return null;
        if (_links.OtherEnd(space, device) is var (next, far))
        {
            var input = NamespaceLinks.InputOf(next, far);
            return (next, input, ReferenceEquals(input, far) ? "" : far.Name);
        }

        return _links.BehindBridge(space, device, end.NextHop) is var (behind, inner, _) ? (behind, inner, "") : null;
    }

    private SampleOutcome Judge(FilterPacket packet, WalkEnd end, WalkLog log, bool expected) =>
        SampleOutcome.Of(space, packet, end, log, end.Outcome == WalkOutcome.Passed ? space.Link(end.Link)?.Name : null, expected, rules);
}
