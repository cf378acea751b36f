// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Actions;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Targets of xtables, of legacy rules and of nft_compat.</summary>
internal static class XtTargets
{
    public static Step Run(EvaluationRun run, Expression target)
    {
        switch (target)
        {
            case XtReject reject:
                return Rejects.Run(run, reject);
            case XtNat nat:
                return NatActions.Run(run, nat);
            case XtMarkTarget mark:
                PacketSets.SetMark(run, run.State.Mark.AndXor(~mark.Mask, mark.Mark));
                return Step.Continue;
            case XtConnmarkTarget mark:
                return XtMarkTargets.Run(run, mark);
            case XtCt conntrack:
                return conntrack.Notrack || (conntrack.Flags & 1) != 0 ? PacketSets.Notrack(run) : Step.Continue;
            case XtNfqueue queue:
                return Diversions.Queue(run, queue, (queue.Flags & 1) != 0);
            case XtSynproxy:
                return Diversions.Synproxy(run) is { Verdict.Kind: VerdictKind.Break } ? Step.Continue : Diversions.Synproxy(run);
            case XtTproxy tproxy:
                return XtMarkTargets.Run(run, tproxy);
            case XtClassify classify:
                run.State.Priority = classify.Priority;
                run.State.Changes++;
                return Step.Continue;
            case XtDscpTarget or XtTosTarget or XtTtlTarget or XtEcnTarget:
                return XtHeaderTargets.Run(run, target);
            case XtSetTarget set:
                return XtMarkTargets.Run(run, set);
            case XtNpt npt:
                run.State.SetAddress(!npt.Destination, null);
                run.Rewrite(npt.Destination ? "dnpt" : "snpt", $"{npt.To}/{npt.ToLength}");
                return Step.Continue;
            case XtUnknownTarget:
                return Unknown(run, target);
            case XtLog or XtNflog or XtTee or XtTrace or XtAudit or XtIdletimer or XtTcpMssTarget or XtTcpOptStrip or XtChecksum or XtSecmark or XtConnsecmark:
                return Step.Continue;
            default:
                return Unknown(run, target);
        }
    }

    private static Step Unknown(EvaluationRun run, Expression target) => run.Explorer.Choose(3, run.Undecided(target, "the meaning of this target")) switch
    {
        0 => Step.Continue,
        1 => Step.Accept,
        _ => Step.Drop,
    };
}
