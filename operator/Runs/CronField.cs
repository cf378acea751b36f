// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Operator.Runs;

/// <summary>One field of a cron expression as a set of numbers from 0 to 59.</summary>
/// <param name="Bits">Bit n is set when n matches.</param>
/// <param name="IsStar">The field began with <c>*</c> or is <c>?</c>; decides how day-of-month and day-of-week combine.</param>
internal readonly record struct CronField(ulong Bits, bool IsStar)
{
    public bool Contains(int value) => (Bits & (1UL << value)) != 0;

    /// <summary>Parses a comma list of <c>*</c>, <c>n</c>, <c>n-m</c>, each with an optional <c>/step</c>. Null when it is wrong.</summary>
    /// <param name="text">The field.</param>
    /// <param name="lowest">Least value.</param>
    /// <param name="highest">Greatest value.</param>
    /// <param name="names">Names for values, from <paramref name="lowest"/> upwards; empty when there are none.</param>
    public static CronField? TryParse(string text, int lowest, int highest, IReadOnlyList<string> names)
    {
        ulong bits = 0;
        foreach (var part in text.Split(','))
        {
            if (PartBits(part, lowest, highest, names) is not { } partBits)
                return null;
            bits |= partBits;
        }

        return new CronField(bits, text is "?" || text.StartsWith('*'));
    }

    private static ulong? PartBits(string part, int lowest, int highest, IReadOnlyList<string> names)
    {
        var step = 1;
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && (!TryNumber(part[(slash + 1)..], out step) || step < 1))
            return null;
        var range = slash >= 0 ? part[..slash] : part;

        int from, to;
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (range is "*" or "?")
        {
            (from, to) = (lowest, highest);
        }
        else if (dash >= 0)
        {
            if (!TryValue(range[..dash], lowest, names, out from) || !TryValue(range[(dash + 1)..], lowest, names, out to))
                return null;
        }
        else
        {
            if (!TryValue(range, lowest, names, out from))
                return null;
            // "n/step" means from n to the end, as every cron reads it.
            to = slash >= 0 ? highest : from;
        }

        return from < lowest || to > highest || from > to ? null : Every(from, to, step);
    }

    private static ulong Every(int from, int to, int step)
    {
        ulong bits = 0;
        for (var value = from; value <= to; value += step)
            bits |= 1UL << value;
        return bits;
    }

    private static bool TryValue(string text, int lowest, IReadOnlyList<string> names, out int value)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], text, StringComparison.OrdinalIgnoreCase))
            {
                value = lowest + i;
                return true;
            }
        }

        return TryNumber(text, out value);
    }

    private static bool TryNumber(string text, out int value)
    {
        value = 0;
        return text.Length is > 0 and <= 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
