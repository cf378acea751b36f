// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Accuracy.Judging;

namespace KubeWgDiag.Accuracy.Output;

/// <summary>The matrix as Markdown.</summary>
internal static class Tables
{
    public static string Of(IReadOnlyList<Verdict> verdicts, IReadOnlyList<Scenario> scenarios)
    {
        var text = new StringBuilder();
        Sum(text, verdicts);
        var byName = verdicts.ToLookup(v => v.Scenario);
        Part(text, "Faults", "first root cause right", scenarios.Where(s => s.Parts.Count == 0 && s.Code is not null && s.NotReproducible is null), byName);
        Part(text, "Healthy networks", "left alone", scenarios.Where(s => s.Parts.Count == 0 && s.Code is null), byName);
        Part(text, "Two faults at once", "both named", scenarios.Where(s => s.Parts.Count > 0), byName);
        Misses(text, verdicts);
        Impossible(text, [.. scenarios.Where(s => s.NotReproducible is not null)]);
        return text.ToString();
    }

    private static void Sum(StringBuilder text, IReadOnlyList<Verdict> verdicts)
    {
        text.Append("| | all | userspace | kernel |\n|---|---|---|---|\n");
        var columns = new[]
        {
            Totals.Of(verdicts), Totals.Of([.. verdicts.Where(v => !v.Kernel)]), Totals.Of([.. verdicts.Where(v => v.Kernel)]),
        };
        Row(text, "faults: first root cause right", columns, t => Share(t.FaultsFirst, t.Faults));
        Row(text, "expected codes found at all (recall)", columns, t => t.Faults + t.Pairs == 0 ? "-" : Percent(t.Recall));
        Row(text, "findings that are true (precision)", columns, t => t.Faults + t.Pairs == 0 ? "-" : Percent(t.Precision));
        Row(text, "two faults: both named", columns, t => Share(t.PairsBoth, t.Pairs));
        Row(text, "healthy networks left alone", columns, t => Share(t.HealthyQuiet, t.Healthy));
        Row(text, "runs that prove nothing, not counted", columns, t => t.Errors.ToString(CultureInfo.InvariantCulture));
    }

    private static void Row(StringBuilder text, string what, IEnumerable<Totals> columns, Func<Totals, string> cell) =>
        text.Append(CultureInfo.InvariantCulture, $"| {what} | {string.Join(" | ", columns.Select(cell))} |\n");

    private static void Part(StringBuilder text, string title, string right, IEnumerable<Scenario> scenarios, ILookup<string, Verdict> byName)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| scenario | what is done | {right} | worst rank | false findings | seconds |\n|---|---|---|---|---|---|\n");
        foreach (var scenario in scenarios)
        {
            var all = byName[scenario.Name].ToList();
            var own = all.Where(v => v.Outcome != Outcome.ScenarioError).ToList();
            var places = $"{Share(own.Count(v => v.Outcome == Outcome.Right), own.Count)}{(all.Count > own.Count ? $", {all.Count - own.Count} prove nothing" : "")}";
            var rank = own.Count == 0 || scenario.Expected.Count == 0 ? "-" : own.Exists(v => v.Rank is null) ? "not found" : own.Max(v => v.Rank!.Value).ToString(CultureInfo.InvariantCulture);
            var wrong = string.Join(", ", own.SelectMany(v => v.False).Distinct(StringComparer.Ordinal));
            var seconds = all.Count == 0 ? "-" : all.Average(v => v.Seconds).ToString("0", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"| {scenario.Name} | {Escape(scenario.Title)} | {places} | {rank} | {(wrong.Length == 0 ? "-" : wrong)} | {seconds} |\n");
        }
    }

    private static void Misses(StringBuilder text, IReadOnlyList<Verdict> verdicts)
    {
        var misses = verdicts.Where(v => v.Outcome == Outcome.Wrong).ToList();
        text.Append(CultureInfo.InvariantCulture, $"\n## What was wrong\n\n{(misses.Count == 0 ? "Nothing.\n" : "| run | found instead |\n|---|---|\n")}");
        foreach (var v in misses)
            text.Append(CultureInfo.InvariantCulture, $"| {v.Scenario}, {v.Layout}, IPv{v.Family}, {(v.Kernel ? "kernel" : "userspace")} | {(v.Found.Count == 0 ? "nothing" : string.Join(", ", v.Found))} |\n");
    }

    private static void Impossible(StringBuilder text, IReadOnlyList<Scenario> scenarios)
    {
        text.Append("\n## Not reproducible on the test machine\n\nThese are tested on recorded or constructed facts and counted nowhere above.\n\n| code | why | covered by |\n|---|---|---|\n");
        foreach (var scenario in scenarios)
            text.Append(CultureInfo.InvariantCulture, $"| {scenario.Name} | {Escape(scenario.NotReproducible!)} | {scenario.CoveredBy} |\n");
    }

    private static string Share(int part, int whole) => whole == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{part} of {whole} ({Percent((double)part / whole)})");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
