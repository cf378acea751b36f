// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>nft_cmp and nft_range: bytes in memory order.</summary>
internal static class Comparisons
{
    public static Step Run(EvaluationRun run, Compare compare)
    {
        var (register, length, registers) = (compare.Register, compare.Value.Length, run.Registers);
        if (!Registers.Fits(register, length)) return run.Fail(compare, "a register that does not exist");
        var value = compare.Value.Span;
        if (registers.AllKnown(register, length))
        {
            var order = registers.Data(register, length).SequenceCompareTo(value);
            return Step.Match(compare.Operator switch
            {
                CompareOperator.Equal => order == 0,
                CompareOperator.NotEqual => order != 0,
                CompareOperator.Less => order < 0,
                CompareOperator.LessOrEqual => order <= 0,
                CompareOperator.Greater => order > 0,
                _ => order >= 0,
            });
        }

        var answer = PartialBytes.Compare(registers.Data(register, length), registers.Known(register, length), compare.Operator, value);
        var origin = registers.Origin(register, length);
        if (answer != Tri.Unknown || compare.Operator is not (CompareOperator.Equal or CompareOperator.NotEqual)) return Step.Match(run.Decide(answer, compare, origin));
        var equal = run.Explorer.ChooseEqual(origin, compare.Value, () => run.Undecided(origin.By ?? compare, origin.Property));
        return Step.Match(equal == (compare.Operator == CompareOperator.Equal));
    }

    public static Step Run(EvaluationRun run, RangeMatch range)
    {
        var (register, length, registers) = (range.Register, range.From.Length, run.Registers);
        if (!Registers.Fits(register, length) || range.To.Length != length) return run.Fail(range, "a register that does not exist");
        var answer = PartialBytes.InRange(registers.Data(register, length), registers.Known(register, length), range.From.Span, range.To.Span);
        return Step.Match(run.Decide(TriMath.Invert(answer, range.Inverted), range, answer == Tri.Unknown ? registers.Origin(register, length) : UnknownOrigin.Unset));
    }
}
