// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>
/// Base chains of equal priority run in the order in which they were registered, which no dump tells. Mostly it makes no difference:
/// no more than one of them drops, and none changes anything. Where it may, every order is tried.
/// </summary>
internal static class TiedChains
{
    private const int MaxPermuted = 4;

    public static void Run(EvaluationRun run, ChainIndex[] chains, List<ChainResult> results)
    {
        if (chains.Length == 1)
        {
            results.Add(Single(run, chains[0]));
            return;
        }

        if (RunApart(run, chains, results)) return;
        if (chains.Length > MaxPermuted)
        {
            run.Fail(new UndecidedExpression("order", chains[0].Policy, $"the order of {chains.Length} base chains of the same priority"));
            results.Add(new ChainResult(VerdictKind.Unknown, chains[0].Policy));
            return;
        }

        var orders = 1;
        for (var i = 2; i <= chains.Length; i++) orders *= i;
        var number = run.Explorer.Choose(orders, new UndecidedExpression("order", chains[0].Policy, "the order of base chains of the same priority"));
        foreach (var chain in Permutation(chains, number))
        {
            results.Add(Single(run, chain));
            if (results[^1].Kind != VerdictKind.Accept) return;
        }
    }

    private static ChainResult Single(EvaluationRun run, ChainIndex chain)
    {
        if (chain.Table.Table.Incomplete && run.Explorer.Choose(2, new UndecidedExpression("ruleset", chain.Policy, "rules of the table that were not read")) == 1)
        {
            run.Fail(new UndecidedExpression("ruleset", chain.Policy, "rules of the table that were not read"));
            return new ChainResult(VerdictKind.Unknown, chain.Policy);
        }

        return ChainRunner.Run(run, chain);
    }

    /// <summary>Runs each chain as if it was the first one; false (and nothing has happened) when the order may matter.</summary>
    private static bool RunApart(EvaluationRun run, ChainIndex[] chains, List<ChainResult> results)
    {
        var (start, trace, counted) = (run.State, run.Trace.Count, run.Counted.Count);
        var found = new List<ChainResult>(chains.Length);
        var changed = false;
        foreach (var chain in chains)
        {
            run.State = start.Clone();
            found.Add(Single(run, chain));
            changed |= run.State.Changes != start.Changes;
        }

        run.State = start;
        var ending = found.Where(result => result.Kind != VerdictKind.Accept).ToList();
        // A counter behind a chain that drops would have counted or not.
        if (!changed && (ending.Count == 0 || (ending.Count == 1 && !run.Options.RecordCounters)))
        {
            results.AddRange(found.Where(result => result.Kind == VerdictKind.Accept));
            results.AddRange(ending);
            return true;
        }

        run.Trace.RemoveRange(trace, run.Trace.Count - trace);
        run.Counted.RemoveRange(counted, run.Counted.Count - counted);
        return false;
    }

    private static List<ChainIndex> Permutation(ChainIndex[] chains, int number)
    {
        var rest = chains.ToList();
        var result = new List<ChainIndex>(chains.Length);
        for (var left = chains.Length; left > 0; left--)
        {
            result.Add(rest[number % left]);
            rest.RemoveAt(number % left);
            number /= left;
        }

        return result;
    }
}
