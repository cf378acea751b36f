// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Operator.Runs;

/// <summary>Reads durations like <c>90s</c>, <c>15m</c> or <c>6h30m</c>: whole hours, minutes and seconds, in this order.</summary>
internal static class DurationText
{
    /// <summary>Longest duration that makes sense between two runs; keeps the arithmetic far from overflow.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>False when the text is not such a duration, or is longer than <see cref="Longest"/>.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan();
        if (rest.IsEmpty)
            return false;
        long seconds = 0;
        foreach (var (unit, factor) in Units)
        {
            var end = rest.IndexOf(unit);
            if (end < 0)
                continue;
            if (end is 0 or > 9 || !int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                return false;
            seconds += (long)count * factor;
            rest = rest[(end + 1)..];
        }

        if (!rest.IsEmpty || seconds > Longest.TotalSeconds)
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static readonly (char Unit, int Seconds)[] Units = [('h', 3600), ('m', 60), ('s', 1)];
}
