// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Actions;

/// <summary>nft_reject and the target REJECT: drops, and tells the sender.</summary>
internal static class Rejects
{
    private const uint Icmp = 0, TcpReset = 1, IcmpX = 2;

    public static Step Run(EvaluationRun run, RejectExpression reject) => Step.Reject(reject.Type switch
    {
        TcpReset => "tcp reset",
        Icmp => run.State.IsIpv4 ? $"icmp type 3 code {reject.Code}" : $"icmpv6 type 1 code {reject.Code}",
        IcmpX => $"icmpx code {reject.Code}",
        _ => $"type {reject.Type} code {reject.Code}",
    });

    /// <summary>A TCP reset is for TCP only: the extension refuses such a rule for other protocols.</summary>
    public static Step Run(EvaluationRun run, XtReject reject) => reject.Version6
        ? Step.Reject(reject.With switch { 0 => "icmpv6 no-route", 1 => "icmpv6 adm-prohibited", 4 => "icmpv6 port-unreachable", 6 => "tcp reset", _ => $"icmpv6 with {reject.With}" })
        : Step.Reject(reject.With switch { 0 => "icmp net-unreachable", 1 => "icmp host-unreachable", 3 => "icmp port-unreachable", 9 => "tcp reset", _ => $"icmp with {reject.With}" });
}
