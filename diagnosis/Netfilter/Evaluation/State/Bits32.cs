// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

/// <summary>A 32-bit number of which some bits may be unknown; unknown bits of <c>Value</c> are 0.</summary>
/// <param name="Value">The number.</param>
/// <param name="Known">One bits are known.</param>
internal readonly record struct Bits32(uint Value, uint Known)
{
    public static readonly Bits32 Unknown;

    public uint? Whole => Known == uint.MaxValue ? Value : null;

    public static Bits32 Of(uint? value) => value is { } known ? new(known, uint.MaxValue) : Unknown;

    /// <summary>Bits of the mask are taken from the new value.</summary>
    public Bits32 AndXor(uint and, uint xor) => new((Value & and) ^ (xor & (Known | ~and)), Known | ~and);
}
