// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Actions;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>Runs one expression; the frequent kinds come first.</summary>
internal static class ExpressionRunner
{
    public static Step Run(EvaluationRun run, Expression expression) => expression switch
    {
        MetaLoad meta => MetaLoads.Run(run, meta),
        Compare compare => Comparisons.Run(run, compare),
        PayloadLoad payload => PayloadLoads.Run(run, payload),
        CounterExpression => Counter(run),
        VerdictExpression verdict => new Step(verdict.Verdict),
        Lookup lookup => SetLookups.Run(run, lookup),
        Bitwise bitwise => Computations.Run(run, bitwise),
        Immediate immediate => Computations.Run(run, immediate),
        XtHeaderMatch header => Step.Match(XtHeaderMatches.Matches(run, header)),
        XtComment => Step.Continue,
        ConntrackLoad conntrack => ConntrackLoads.Run(run, conntrack),
        RangeMatch range => Comparisons.Run(run, range),
        _ => XtMatches.IsMatch(expression) ? XtMatches.Run(run, expression) : Rarer(run, expression),
    };

    private static Step Rarer(EvaluationRun run, Expression expression) => expression switch
    {
        FibLoad fib => FibLoads.Run(run, fib),
        ByteOrder order => Computations.Run(run, order),
        BitwiseShift shift => Computations.Run(run, shift),
        BitwiseRegister both => Computations.Run(run, both),
        MetaSet meta => PacketSets.Run(run, meta),
        ConntrackSet conntrack => PacketSets.Run(run, conntrack),
        PayloadWrite payload => PacketSets.Run(run, payload),
        NatExpression nat => NatActions.Run(run, nat),
        MasqueradeExpression masquerade => NatActions.Run(run, masquerade),
        RedirectExpression redirect => NatActions.Run(run, redirect),
        RejectExpression reject => Rejects.Run(run, reject),
        LogExpression or LastExpression or DuplicateExpression => Step.Continue,
        NotrackExpression => PacketSets.Notrack(run),
        DynamicSet dynamic => DynamicSets.Run(run, dynamic),
        ObjectReference reference => ObjectReferences.Run(run, reference),
        _ => OtherLoads(run, expression),
    };

    private static Step OtherLoads(EvaluationRun run, Expression expression) => expression switch
    {
        ExtensionHeader header => ExtensionHeaders.Run(run, header),
        ExtensionHeaderWrite write => ExtensionHeaders.Run(run, write),
        NumberGenerator generator => UndecidedLoads.Run(run, generator),
        HashLoad hash => UndecidedLoads.Run(run, hash),
        RouteLoad route => UndecidedLoads.Run(run, route),
        SocketLoad socket => UndecidedLoads.Run(run, socket),
        OsfLoad osf => UndecidedLoads.Unknown(run, osf.Register, 16, osf),
        XfrmLoad xfrm => UndecidedLoads.Run(run, xfrm),
        TunnelLoad tunnel => UndecidedLoads.Run(run, tunnel),
        InnerExpression inner => UndecidedLoads.Run(run, inner),
        LimitExpression or ConnectionLimit or QuotaExpression => Limits.Run(run, expression),
        QueueExpression queue => Diversions.Queue(run, queue, (queue.Flags & 1) != 0),
        TproxyExpression tproxy => Diversions.Run(run, tproxy),
        SynproxyExpression => Diversions.Synproxy(run),
        FlowOffload => Step.Continue,
        ForwardExpression => Step.Stolen,
        UnknownExpression unknown => Diversions.Run(run, unknown),
        _ => XtTargets.Run(run, expression),
    };

    private static Step Counter(EvaluationRun run)
    {
        run.Count();
        return Step.Continue;
    }
}
