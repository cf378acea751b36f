// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>nft_lookup: sets, maps and verdict maps.</summary>
internal static class SetLookups
{
    public static Step Run(EvaluationRun run, Lookup lookup)
    {
        if (run.Chain!.Table.Set(lookup.Set) is not { } set) return run.Fail(lookup, $"the set {lookup.Set} is not in the facts");
        if (!Registers.Fits(lookup.Register, set.Set.KeyLength)) return run.Fail(lookup, "a register that does not exist");
        if (!Find(run, set, lookup.Register, lookup, out var element)) return run.Fail(lookup, $"elements of the set {lookup.Set} that were not read");
        if (element is null == !lookup.Inverted) return Step.Break;
        return element is null ? Step.Continue : Use(run, lookup, element);
    }

    /// <summary>The element that holds the key in the register, the catch-all one last; false when it could be one that was not read.</summary>
    public static bool Find(EvaluationRun run, SetIndex set, int register, Expression by, out SetElement? element)
    {
        element = null;
        var length = set.Set.KeyLength;
        var key = run.Registers.Memory(register, length);
        if (!run.Registers.AllKnown(register, length))
        {
            element = Suppose(run, set, register, by);
        }
        else if (Changed(run, set, key.Span) is { } change)
        {
            element = change.Deleted ? null : new SetElement { Key = change.Key, Data = change.Data };
        }
        else
        {
            element = set.Find(key);
        }

        element ??= set.CatchAll;
        return element is not null || !set.Set.Incomplete;
    }

    private static Step Use(EvaluationRun run, Lookup lookup, SetElement element)
    {
        foreach (var statement in element.Statements ?? [])
        {
            // Statements of elements run on each hit; a limit among them can break the rule.
            var step = statement is CounterExpression ? Step.Continue : ExpressionRunner.Run(run, statement);
            if (step.Verdict is not null) return step;
        }

        if (lookup.VerdictMap) return element.Verdict is { } verdict ? new Step(verdict) : run.Fail(lookup, $"an element of {lookup.Set} without verdict");
        if (lookup.Destination is not { } destination) return Step.Continue;
        if (element.Data is not { } data || !Registers.Fits(destination, data.Length)) return run.Fail(lookup, $"an element of {lookup.Set} without data");
        run.Registers.Store(destination, data.Span);
        return Step.Continue;
    }

    /// <summary>What a rule did to the set for this very packet.</summary>
    private static SetChange? Changed(EvaluationRun run, SetIndex set, ReadOnlySpan<byte> key)
    {
        for (var i = run.State.Added.Count - 1; i >= 0; i--)
        {
            var change = run.State.Added[i];
            if (ReferenceEquals(change.Set, set.Set) && change.Key.Span.SequenceEqual(key)) return change;
        }

        return null;
    }

    /// <summary>With a key that is not wholly known, every element that could hold it and what is in none is tried.</summary>
    private static SetElement? Suppose(EvaluationRun run, SetIndex set, int register, Expression by)
    {
        var length = set.Set.KeyLength;
        var data = run.Registers.Data(register, length);
        var known = run.Registers.Known(register, length);
        var candidates = new List<SetElement>();
        foreach (var element in set.Set.Elements)
        {
            var answer = set.Holds(element, data, known);
            if (answer == Tri.Yes) return element;
            if (answer == Tri.Unknown && !candidates.Exists(other => SameEffect(other, element))) candidates.Add(element);
        }

        if (candidates.Count == 0) return null;
        var origin = run.Registers.Origin(register, length);
        var choice = run.Explorer.ChooseOnce(origin, by, candidates.Count + 1, () => run.Undecided(by, origin.Property));
        return choice < candidates.Count ? candidates[choice] : null;
    }

    private static bool SameEffect(SetElement a, SetElement b) => a.Verdict == b.Verdict && a.Data == b.Data && a.ObjectName == b.ObjectName && a.Statements is null && b.Statements is null;
}
