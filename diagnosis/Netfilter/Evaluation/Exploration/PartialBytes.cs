// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>Comparisons of bytes of which some bits are unknown (and 0 in the data).</summary>
internal static class PartialBytes
{
    public static Tri Equal(ReadOnlySpan<byte> data, ReadOnlySpan<byte> known, ReadOnlySpan<byte> value)
    {
        var whole = true;
        for (var i = 0; i < data.Length && i < value.Length; i++)
        {
            if (((data[i] ^ value[i]) & known[i]) != 0) return Tri.No;
            whole &= known[i] == 0xff;
        }

        return whole ? Tri.Yes : Tri.Unknown;
    }

    /// <summary>Less, equal or greater in memory order: with all unknown bits 0 the number is smallest, with all 1 greatest.</summary>
    public static Tri Compare(ReadOnlySpan<byte> data, ReadOnlySpan<byte> known, CompareOperator comparison, ReadOnlySpan<byte> value)
    {
        if (comparison is CompareOperator.Equal or CompareOperator.NotEqual) return TriMath.Invert(Equal(data, known, value), comparison == CompareOperator.NotEqual);
        var least = data.SequenceCompareTo(value);
        Span<byte> greatest = stackalloc byte[data.Length];
        for (var i = 0; i < data.Length; i++) greatest[i] = (byte)(data[i] | ~known[i]);
        var most = ((ReadOnlySpan<byte>)greatest).SequenceCompareTo(value);
        var (low, high) = (Holds(comparison, least), Holds(comparison, most));
        return low == high ? TriMath.Of(low) : Tri.Unknown;
    }

    public static Tri InRange(ReadOnlySpan<byte> data, ReadOnlySpan<byte> known, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => TriMath.And(
        Compare(data, known, CompareOperator.GreaterOrEqual, from), Compare(data, known, CompareOperator.LessOrEqual, to));

    private static bool Holds(CompareOperator comparison, int order) => comparison switch
    {
        CompareOperator.Less => order < 0,
        CompareOperator.LessOrEqual => order <= 0,
        CompareOperator.Greater => order > 0,
        CompareOperator.GreaterOrEqual => order >= 0,
        _ => order == 0,
    };
}
