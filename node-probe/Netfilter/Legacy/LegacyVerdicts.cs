// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>Verdicts of standard targets: -1 less the NF_* number; XT_RETURN is that of NF_REPEAT.</summary>
internal static class LegacyVerdicts
{
    public const int Drop = -1;
    public const int Accept = -2;
    private const int Queue = -4;
    private const int Return = -5;

    private static readonly VerdictExpression DropExpression = new(Verdict.Drop);
    private static readonly VerdictExpression AcceptExpression = new(Verdict.Accept);
    private static readonly VerdictExpression QueueExpression = new(new Verdict(VerdictKind.Queue));
    private static readonly VerdictExpression ReturnExpression = new(Verdict.Return);
    private static readonly VerdictExpression UnknownExpression = new(new Verdict(VerdictKind.Unknown));

    public static VerdictExpression Of(int verdict) => verdict switch
    {
        Drop => DropExpression,
        Accept => AcceptExpression,
        Queue => QueueExpression,
        Return => ReturnExpression,
        _ => UnknownExpression,
    };
}
