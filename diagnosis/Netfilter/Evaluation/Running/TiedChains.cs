// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>
/// Base chains of equal priority run in the order in which they were registered, which no dump tells. Mostly it makes no difference:
/// no more than one of them drops, and none changes anything. Where it may, every order is tried.
/// </summary>
internal static class TiedChains
{
    private const int MaxPermuted = 4;

    /// <param name="run">The way.</param>
    /// <param name="chains">Base chains of one priority.</param>
    /// <param name="results">Takes what they say.</param>
    /// <param name="isBound">For chains of NAT: a translation is bound, and no other chain is asked.</param>
    public static void Run(EvaluationRun run, ChainIndex[] chains, List<ChainResult> results, Func<PacketState, bool>? isBound = null)
    {
        if (chains.Length == 1)
        {
            results.Add(Single(run, chains[0]));
            return;
        }

        if (RunApart(run, chains, results, isBound)) return;
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
            if (results[^1].Kind != VerdictKind.Accept || isBound?.Invoke(run.State) == true) return;
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
    private static bool RunApart(EvaluationRun run, ChainIndex[] chains, List<ChainResult> results, Func<PacketState, bool>? isBound)
    {
        var (start, trace, counted) = (run.State, run.Trace.Count, run.Counted.Count);
        var found = new List<(ChainResult Result, PacketState State)>(chains.Length);
        foreach (var chain in chains)
        {
            run.State = start.Clone();
            found.Add((Single(run, chain), run.State));
        }

        run.State = start;
        var active = found.Where(outcome => outcome.Result.Kind != VerdictKind.Accept || outcome.State.Changes != start.Changes).ToList();
        // One that ends the matter does so whenever it is asked, as no other one changes what it sees. But a counter behind it would have counted or not.
        var ends = active.Count == 1 && !run.Options.RecordCounters && (active[0].State.Changes == start.Changes || isBound?.Invoke(active[0].State) == true);
        if (active.Count == 0 || ends)
        {
            results.AddRange(found.Select(outcome => outcome.Result).OrderBy(result => active.Exists(outcome => outcome.Result == result)));
            if (ends) run.State = active[0].State;
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
