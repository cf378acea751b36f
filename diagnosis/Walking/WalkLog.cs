// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>The steps of a walk while it goes on.</summary>
internal sealed class WalkLog
{
    private readonly List<WalkStep> _steps = [];

    public IReadOnlyList<WalkStep> Steps => _steps;

    /// <summary>The packet's length in bytes; null = it fits everywhere.</summary>
    public int? Length { get; init; }

    public void Note(WalkNamespace space, WalkStage stage, WalkOutcome outcome, string what, string? decidedBy = null, string? owner = null) => _steps.Add(
        new WalkStep { Place = space.Name, Stage = stage, Outcome = outcome, What = what, DecidedBy = decidedBy, Owner = owner });

    /// <summary>The packet ends here: notes it and says so.</summary>
    public WalkEnd Drop(WalkNamespace space, WalkStage stage, string what, string? decidedBy = null, string? owner = null)
    {
        Note(space, stage, WalkOutcome.Dropped, what, decidedBy, owner);
        return WalkEnd.Dropped;
    }
}

/// <summary>How the packet's way through a namespace ends.</summary>
/// <param name="Outcome"><see cref="WalkOutcome.Passed"/>: it leaves the namespace by <paramref name="Link"/>.</param>
/// <param name="Packet">The packet as it leaves.</param>
/// <param name="Link">Index of the device it leaves by.</param>
/// <param name="NextHop">Whom the device has to reach: the gateway, or the destination itself.</param>
internal sealed record WalkEnd(WalkOutcome Outcome, FilterPacket? Packet = null, int Link = 0, Net.IpAddr NextHop = default)
{
    public static readonly WalkEnd Dropped = new(WalkOutcome.Dropped);

    public static readonly WalkEnd Delivered = new(WalkOutcome.Delivered);

    public static readonly WalkEnd Left = new(WalkOutcome.Left);

    public static readonly WalkEnd Undetermined = new(WalkOutcome.Undetermined);
}
