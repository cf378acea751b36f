// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Targets that write into the IP header.</summary>
internal static class XtHeaderTargets
{
    public static Step Run(EvaluationRun run, Expression target)
    {
        switch (target)
        {
            case XtTtlTarget ttl:
                Ttl(run, ttl);
                break;
            case XtDscpTarget dscp:
                TrafficClass(run, 0xfc, (byte)(dscp.Dscp << 2));
                break;
            case XtTosTarget tos:
                TrafficClass(run, tos.Mask, tos.Value);
                break;
            case XtEcnTarget { Operation: var operation } ecn when (operation & 1) != 0:
                TrafficClass(run, 3, (byte)(ecn.IpEct & 3));
                break;
        }

        return Step.Continue;
    }

    private static void TrafficClass(EvaluationRun run, byte mask, byte value)
    {
        if (run.State.TrafficClass is not { } old) return;
        var changed = (byte)((old & ~mask) ^ value);
        if (changed == old) return;
        run.State.SetTrafficClass(changed);
        run.Rewrite("payload", $"traffic class 0x{changed:x2}");
    }

    private static void Ttl(EvaluationRun run, XtTtlTarget target)
    {
        byte? old = run.State.HopLimit;
        byte? changed = target.Change switch
        {
            XtChange.Set => target.Value,
            XtChange.Increase => old is { } low ? (byte)Math.Min(low + target.Value, 255) : null,
            _ => old is { } high ? (byte)Math.Max(high - target.Value, 0) : null,
        };
        if (changed == old && old is not null) return;
        run.State.Network.SetByte(run.State.IsIpv4 ? 8 : 7, changed);
        run.Rewrite("payload", $"hop limit {changed}");
    }
}
