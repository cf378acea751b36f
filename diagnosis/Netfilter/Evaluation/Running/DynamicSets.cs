// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>nft_dynset: a rule adds to a set, updates or deletes, and goes on when that worked.</summary>
internal static class DynamicSets
{
    private const uint Delete = 2;

    public static Step Run(EvaluationRun run, DynamicSet dynamic)
    {
        if (run.Chain!.Table.Set(dynamic.Set) is not { } set) return run.Fail(dynamic, $"the set {dynamic.Set} is not in the facts");
        var length = set.Set.KeyLength;
        if (!Registers.Fits(dynamic.KeyRegister, length)) return run.Fail(dynamic, "a register that does not exist");
        var known = run.Registers.AllKnown(dynamic.KeyRegister, length);
        var present = known && set.Find(run.Registers.Memory(dynamic.KeyRegister, length)) is not null;
        if (dynamic.Operation == Delete)
        {
            if (known) Note(run, dynamic, set, deleted: true);
            return Step.Continue;
        }

        // A full set takes no more: then the rule breaks.
        if (!present && set.Set.Size is { } size && set.Set.Elements.Count >= size) return Step.Match(dynamic.Inverted);
        if (known) Note(run, dynamic, set, deleted: false);
        foreach (var expression in dynamic.Expressions ?? [])
        {
            if (expression is CounterExpression or LastExpression) continue;
            var step = ExpressionRunner.Run(run, expression);
            if (step.Verdict is not null) return step;
        }

        return Step.Match(!dynamic.Inverted);
    }

    private static void Note(EvaluationRun run, DynamicSet dynamic, SetIndex set, bool deleted)
    {
        var key = new HexBytes(run.Registers.Data(dynamic.KeyRegister, set.Set.KeyLength).ToArray());
        HexBytes? data = dynamic.DataRegister is { } register && Registers.Fits(register, set.Set.DataLength)
            ? new HexBytes(run.Registers.Data(register, set.Set.DataLength).ToArray())
            : null;
        run.State.Added.Add(new SetChange(set.Set, key, data, deleted));
        run.State.Changes++;
    }
}
