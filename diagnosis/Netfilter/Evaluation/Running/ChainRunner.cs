// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>Runs a base chain: rules in order, jumps and returns, the policy at its end.</summary>
internal static class ChainRunner
{
    /// <summary>NFT_JUMP_STACK_SIZE; a legacy table has a stack as deep as its chains are many.</summary>
    private const int JumpStackSize = 16;

    public static ChainResult Run(EvaluationRun run, ChainIndex start)
    {
        var stack = new Stack<(ChainIndex Chain, int Next)>();
        var (chain, next) = (start, 0);
        (run.Chain, run.Rule) = (start, null);
        run.Note("enter");
        while (true)
        {
            if (next >= chain.Rules.Length)
            {
                if (stack.Count == 0) return Policy(run, start);
                (chain, next) = stack.Pop();
                continue;
            }

            if (++run.Rules > run.Options.MaxRulesPerPath || run.Rules > run.Budget) return OutOfBounds(run, chain);
            var rule = chain.Rules[next++];
            (run.Chain, run.Rule) = (chain, rule);
            var step = RuleRunner.Run(run, rule);
            switch (step.Verdict?.Kind)
            {
                case null or VerdictKind.Continue or VerdictKind.Break:
                    continue;
                case VerdictKind.Jump or VerdictKind.Goto:
                    if (chain.Table.Chain(step.Verdict.Chain ?? "") is not { } target) return Missing(run, step.Verdict);
                    run.Note($"{(step.Verdict.Kind == VerdictKind.Jump ? "jump" : "goto")} {target.Chain.Name}");
                    if (step.Verdict.Kind == VerdictKind.Jump)
                    {
                        if (stack.Count >= (chain.Table.IsLegacy ? chain.Table.Table.Chains.Count : JumpStackSize)) return new(VerdictKind.Drop, run.Here!);
                        stack.Push((chain, next));
                    }

                    (chain, next) = (target, 0);
                    continue;
                case VerdictKind.Return:
                    run.Note("return");
                    if (stack.Count == 0) return Policy(run, start);
                    (chain, next) = stack.Pop();
                    continue;
                default:
                    run.Note(Word(step));
                    return new(step.Verdict.Kind, run.Here!, step.Answer);
            }
        }
    }

    private static ChainResult Policy(EvaluationRun run, ChainIndex start)
    {
        (run.Chain, run.Rule) = (start, null);
        var drops = start.Chain.Policy == NetfilterPolicy.Drop;
        run.Note(drops ? "policy drop" : "policy accept");
        return new(drops ? VerdictKind.Drop : VerdictKind.Accept, start.Policy);
    }

    private static ChainResult Missing(EvaluationRun run, Verdict verdict)
    {
        run.Fail(new UndecidedExpression("jump", run.Here, $"the chain {verdict.Chain} is not in the facts"));
        return new(VerdictKind.Unknown, run.Here!);
    }

    private static ChainResult OutOfBounds(EvaluationRun run, ChainIndex chain)
    {
        run.Fail(new UndecidedExpression("rules", chain.Policy, $"more than {run.Rules - 1} rules on one way"));
        return new(VerdictKind.Unknown, chain.Policy);
    }

    private static string Word(Step step) => step.Answer is { } answer ? $"reject with {answer}" : step.Verdict!.Kind.ToString().ToLowerInvariant();
}

/// <summary>What a base chain says.</summary>
/// <param name="Kind">Accept, Drop, Stolen, Queue or Unknown.</param>
/// <param name="Decision">Rule or policy.</param>
/// <param name="Answer">How a drop is answered; null = silently.</param>
internal readonly record struct ChainResult(VerdictKind Kind, RuleReference Decision, string? Answer = null)
{
    public FilterVerdict Verdict => Kind switch
    {
        VerdictKind.Accept => FilterVerdict.Accepted,
        VerdictKind.Drop => Answer is null ? FilterVerdict.Dropped : FilterVerdict.Rejected,
        VerdictKind.Stolen => FilterVerdict.Stolen,
        VerdictKind.Queue => FilterVerdict.Queued,
        _ => FilterVerdict.Undetermined,
    };
}
