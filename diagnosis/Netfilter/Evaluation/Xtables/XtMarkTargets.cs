// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Actions;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Targets that move marks between packet and connection, and those that mark beside something else.</summary>
internal static class XtMarkTargets
{
    private const byte Set = 0, Save = 1, Restore = 2;
    private const uint MapMark = 0x100, MapPriority = 0x200;

    public static Step Run(EvaluationRun run, XtConnmarkTarget target)
    {
        var view = run.State.Conntrack;
        if (view.Exists == false) return Step.Continue;
        switch (target.Mode)
        {
            case Set:
                PacketSets.SetConntrackMark(run, Shift(view.Mark.AndXor(~target.CtMask, target.CtMark), target));
                break;
            case Save:
                PacketSets.SetConntrackMark(run, Merge(view.Mark, target.CtMask, Shift(Under(run.State.Mark, target.NfMask), target)));
                break;
            case Restore:
                PacketSets.SetMark(run, Merge(run.State.Mark, target.NfMask, Shift(Under(view.Mark, target.CtMask), target)));
                break;
        }

        return Step.Continue;
    }

    /// <summary>A transparent socket takes the packet, or it is dropped.</summary>
    public static Step Run(EvaluationRun run, XtTproxy target)
    {
        if (run.State.Protocol is not (IpProtocols.Tcp or IpProtocols.Udp)) return Step.Drop;
        if (run.Explorer.Choose(2, run.Undecided(target, "whether a transparent socket listens")) == 1) return Step.Drop;
        PacketSets.SetMark(run, run.State.Mark.AndXor(~target.Mask, target.Mark));
        run.Rewrite("tproxy", "a transparent local socket");
        return Step.Accept;
    }

    /// <summary>Adding to a set is seen by later packets; a map gives a mark nobody wrote down here.</summary>
    public static Step Run(EvaluationRun run, XtSetTarget target)
    {
        if (target.Map is null) return Step.Continue;
        if ((target.MapFlags & MapMark) != 0) PacketSets.SetMark(run, Bits32.Unknown);
        if ((target.MapFlags & MapPriority) != 0) run.State.Priority = null;
        return Step.Continue;
    }

    private static Bits32 Under(Bits32 mark, uint mask) => new(mark.Value & mask, mark.Known | ~mask);

    /// <summary>(mark &amp; ~mask) ^ value.</summary>
    private static Bits32 Merge(Bits32 mark, uint mask, Bits32 value)
    {
        var known = (mark.Known | mask) & value.Known;
        return new(((mark.Value & ~mask) ^ value.Value) & known, known);
    }

    private static Bits32 Shift(Bits32 mark, XtConnmarkTarget target) => target.ShiftBits switch
    {
        0 => mark,
        > 31 => Bits32.Unknown,
        var bits => target.ShiftRight ? new(mark.Value >> bits, (mark.Known >> bits) | ~(uint.MaxValue >> bits)) : new(mark.Value << bits, (mark.Known << bits) | ((1u << bits) - 1)),
    };
}
