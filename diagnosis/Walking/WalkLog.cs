// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>The steps of a walk while it goes on.</summary>
internal sealed class WalkLog
{
    private readonly List<WalkStep> _steps = [];

    public IReadOnlyList<WalkStep> Steps => _steps;

    /// <summary>The packet's length in bytes; null = it fits everywhere.</summary>
    public int? Length { get; init; }

    /// <summary>What ended the packet, or what nobody can tell, in order and not in words.</summary>
    public List<WalkDecision> Decisions { get; } = [];

    /// <summary>What rules changed in the packet, in order.</summary>
    public List<PacketRewrite> Rewrites { get; } = [];

    public void Note(WalkNamespace space, WalkStage stage, WalkOutcome outcome, string what, string? decidedBy = null, string? owner = null) => _steps.Add(
        new WalkStep { Place = space.Name, Stage = stage, Outcome = outcome, What = what, DecidedBy = decidedBy, Owner = owner });

    /// <summary>The packet ends here: notes it and says so.</summary>
    public WalkEnd Drop(WalkNamespace space, WalkStage stage, string what, string? decidedBy = null, string? owner = null, WalkStopKind kind = WalkStopKind.Other)
    {
        Note(space, stage, WalkOutcome.Dropped, what, decidedBy, owner);
        Decisions.Add(new WalkDecision(space, WalkOutcome.Dropped, kind, what));
        return WalkEnd.Dropped;
    }
}

/// <summary>Something that ended a packet, or that nobody can tell.</summary>
/// <param name="Space">Where.</param>
/// <param name="Outcome">Dropped or undetermined.</param>
/// <param name="Kind">Why it ended.</param>
/// <param name="What">In words; for an undetermined one, on what it depends.</param>
/// <param name="Rule">The rule or policy; null when none decided.</param>
/// <param name="Hook">The hook at which it stands.</param>
/// <param name="Rejected">The sender gets an answer.</param>
internal sealed record WalkDecision(
    WalkNamespace Space, WalkOutcome Outcome, WalkStopKind Kind, string What, RuleReference? Rule = null, NetfilterHook? Hook = null, bool Rejected = false)
{
    /// <summary>Rules that may have dropped the packet, where nobody can tell.</summary>
    public IReadOnlyList<RuleReference> Suspects { get; init; } = [];
}

/// <summary>How the packet's way through a namespace ends.</summary>
/// <param name="Outcome"><see cref="WalkOutcome.Passed"/>: it leaves the namespace by <paramref name="Link"/>.</param>
/// <param name="Packet">The packet as it leaves.</param>
/// <param name="Link">Index of the device it leaves by.</param>
/// <param name="NextHop">Whom the device has to reach: the gateway, or the destination itself.</param>
internal sealed record WalkEnd(WalkOutcome Outcome, FilterPacket? Packet = null, int Link = 0, Net.IpAddr NextHop = default)
{
    public static readonly WalkEnd Dropped = new(WalkOutcome.Dropped);

    public static readonly WalkEnd Left = new(WalkOutcome.Left);

    public static readonly WalkEnd Undetermined = new(WalkOutcome.Undetermined);
}
