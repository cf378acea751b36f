// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Intake.Sharing;

/// <summary>
/// Gives one object for equal short strings: thousands of nodes say the same names of sysctls, counters and devices. Of bounded size, whatever nodes send: a
/// string takes the place of the one that was there.
/// </summary>
internal sealed class StringPool
{
    /// <summary>Longer ones are seldom said twice.</summary>
    private const int MaxLength = 128;

    private const int Slots = 1 << 13;

    private readonly string?[] _slots = new string?[Slots];

    /// <summary>The string, or one that is equal to it. Any thread may call this; a lost race costs one copy.</summary>
    public string Share(string text)
    {
        if (text.Length > MaxLength)
            return text;
        ref var slot = ref _slots[text.GetHashCode(StringComparison.Ordinal) & (Slots - 1)];
        var known = Volatile.Read(ref slot);
        if (string.Equals(known, text, StringComparison.Ordinal))
            return known!;
        Volatile.Write(ref slot, text);
        return text;
    }
}
