// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Accuracy.Judging;

namespace KubeWgDiag.Accuracy.Output;

/// <summary>Text for the terminal.</summary>
internal static class Lines
{
    public static string Of(Verdict v)
    {
        var mark = v.Outcome switch { Outcome.Right => "right", Outcome.Wrong => "WRONG", _ => v.Error is null ? "done " : "ERROR" };
        var rank = v.Rank is { } place ? $"rank {place}" : v.Expected.Count == 0 ? "" : "not found";
        var found = v.Outcome == Outcome.Right && v.False.Count == 0 ? "" : $"found: {(v.Found.Count == 0 ? "nothing" : string.Join(", ", v.Found))}";
        var where = $"{v.Layout} v{v.Family}{(v.Kernel ? " kernel" : "")}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{mark}  {v.Scenario,-44} {where,-12} {v.Seconds,5:0.0} s  {rank,-9} {found}{(v.Error is null ? "" : $" [{v.Error}]")}").TrimEnd();
    }

    public static IEnumerable<string> Of(Totals t)
    {
        yield return Line($"top-1 {100 * t.TopOne:0.0} % ({t.FaultsFirst} of {t.Faults}); recall {100 * t.Recall:0.0} %, precision {100 * t.Precision:0.0} %");
        yield return Line($"healthy: {t.FalseAlarms} false alarms in {t.Healthy}; pairs: both named in {t.PairsBoth} of {t.Pairs} ({100 * t.PairRate:0.0} %)");
        if (t.Errors > 0)
            yield return Line($"{t.Errors} runs prove nothing (see ERROR above)");
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
