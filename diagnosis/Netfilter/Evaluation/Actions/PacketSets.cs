// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Actions;

/// <summary>Expressions that write into the packet or its connection and go on.</summary>
internal static class PacketSets
{
    public static Step Run(EvaluationRun run, MetaSet set)
    {
        if (!Registers.Fits(set.Register, 4)) return run.Fail(set, "a register that does not exist");
        switch ((MetaKey)set.Key)
        {
            case MetaKey.Mark:
                SetMark(run, Read(run, set.Register));
                break;
            case MetaKey.Priority:
                run.State.Priority = Read(run, set.Register).Whole;
                run.State.Changes++;
                break;
            case MetaKey.PacketType:
                run.State.PacketType = run.Registers.AllKnown(set.Register, 1) ? run.Registers.Data(set.Register, 1)[0] : null;
                run.State.Changes++;
                break;
        }

        return Step.Continue;
    }

    public static Step Run(EvaluationRun run, ConntrackSet set)
    {
        if (!Registers.Fits(set.Register, 4)) return run.Fail(set, "a register that does not exist");
        var view = run.State.Conntrack;
        if ((ConntrackKey)set.Key == ConntrackKey.Zone)
        {
            // Only before the connection is looked up, and then for the caller's entry too: nobody knows what another zone holds.
            if (view.Phase == ConntrackPhase.None && run.Registers.AllKnown(set.Register, 2)) run.State.Changes++;
            return Step.Continue;
        }

        if (view.Exists == false) return Step.Continue;
        switch ((ConntrackKey)set.Key)
        {
            case ConntrackKey.Mark:
                SetConntrackMark(run, Read(run, set.Register));
                break;
            case ConntrackKey.Labels:
                view.LabelsTouched = true;
                run.State.Changes++;
                break;
        }

        return Step.Continue;
    }

    /// <summary>Overwrites header bytes; what is past the known headers changes nothing that is looked at.</summary>
    public static Step Run(EvaluationRun run, PayloadWrite write)
    {
        if (!Registers.Fits(write.Register, write.Length)) return run.Fail(write, "a register that does not exist");
        if (write.Base == PayloadBase.Transport && PayloadLoads.HasTransport(run) == false) return Step.Break;
        var header = write.Base switch { PayloadBase.Network => run.State.Network, PayloadBase.Transport => run.State.Transport, _ => null };
        if (header is null || write.Offset < 0 || write.Offset + write.Length > header.Length) return Step.Continue;
        header.Set(write.Offset, run.Registers.Data(write.Register, write.Length), run.Registers.Known(write.Register, write.Length));
        run.Rewrite("payload", $"{write.Base.ToString().ToLowerInvariant()} header, {write.Length} bytes at {write.Offset}");
        return Step.Continue;
    }

    /// <summary>Before the connection is looked up, it will not be.</summary>
    public static Step Notrack(EvaluationRun run)
    {
        var view = run.State.Conntrack;
        if (view.Phase != ConntrackPhase.None) return Step.Continue;
        view.Phase = ConntrackPhase.Untracked;
        run.Rewrite("notrack", "untracked");
        return Step.Continue;
    }

    public static void SetMark(EvaluationRun run, Bits32 mark)
    {
        if (run.State.SetMark(mark)) run.State.Rewrites.Add(new PacketRewrite("mark", Text(mark), run.Here));
    }

    public static void SetConntrackMark(EvaluationRun run, Bits32 mark)
    {
        if (mark == run.State.Conntrack.Mark && mark.Whole is not null) return;
        run.State.Conntrack.Mark = mark;
        run.Rewrite("ct mark", Text(mark));
    }

    private static string Text(Bits32 mark) => mark.Whole is { } known ? $"0x{known:x}" : $"0x{mark.Value:x} in the bits 0x{mark.Known:x}, the rest unknown";

    private static Bits32 Read(EvaluationRun run, int register) => new(
        BitConverter.ToUInt32(run.Registers.Data(register, 4)), BitConverter.ToUInt32(run.Registers.Known(register, 4)));
}
