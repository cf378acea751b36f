// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>Runs the expressions of a rule until one leaves it or gives a verdict.</summary>
internal static class RuleRunner
{
    public static Step Run(EvaluationRun run, NetfilterRule rule)
    {
        run.Registers.Reset();
        var expressions = rule.Expressions;
        // A legacy rule counts when all its matches did, before its target.
        var counts = !run.Options.RecordCounters || !run.Chain!.Table.IsLegacy;
        for (var i = 0; i < expressions.Count; i++)
        {
            var expression = expressions[i];
            if (!counts && !XtMatches.IsMatch(expression))
            {
                counts = true;
                run.Count();
            }

            var step = ExpressionRunner.Run(run, expression);
            if (step.Verdict is not null) return step.Verdict.Kind == VerdictKind.Continue ? Step.Continue : step;
        }

        if (!counts) run.Count();
        return Step.Continue;
    }
}
