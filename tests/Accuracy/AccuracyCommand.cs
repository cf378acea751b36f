// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Text.Json;
using KubeWgDiag.Accuracy.Judging;
using KubeWgDiag.Accuracy.Output;
using KubeWgDiag.Accuracy.Running;
using KubeWgDiag.Accuracy.Scenarios;
using KubeWgDiag.Lab;
using Command = System.CommandLine.Command;
using Shell = KubeWgDiag.Lab.Processes.Shell;

namespace KubeWgDiag.Accuracy;

/// <summary>The accuracy matrix from the command line.</summary>
internal static class AccuracyCommand
{
    public static RootCommand Root()
    {
        var options = new SelectionOptions();
        var run = new Command("run", "build, break, observe and judge");
        var judge = new Command("judge", "judge again what an earlier run recorded, after rules changed");
        var list = new Command("list", "list the cells");
        var record = new Command("record", "build, break and observe; judging is left to another machine");
        var report = new Command("report", "judge everything that is recorded and write the document");
        foreach (var command in new[] { run, record, judge, report, list })
            options.AddTo(command);
        run.SetAction((parsed, ct) => RunAsync(options.Read(parsed), again: false, ct));
        record.SetAction((parsed, ct) => RunAsync(options.Read(parsed), again: false, ct, record: true));
        judge.SetAction((parsed, ct) => RunAsync(options.Read(parsed), again: true, ct));
        report.SetAction((parsed, ct) => ReportAsync(options.Read(parsed), ct));
        list.SetAction(parsed =>
        {
            foreach (var cell in options.Read(parsed).Cells)
                Console.WriteLine(cell.Name);
        });
        return new RootCommand("How often the first root cause is right: every fault that can be made, in several networks") { run, record, judge, report, list };
    }

    private static async Task<int> RunAsync(Selection selection, bool again, CancellationToken ct, bool record = false)
    {
        if (!again && await Prerequisites.MissingAsync(ct) is { Count: > 0 } missing)
        {
            await Console.Error.WriteLineAsync($"the lab needs:\n  {string.Join("\n  ", missing)}");
            return 3;
        }

        var probe = selection.Probe.EndsWith(".dll", StringComparison.Ordinal)
            ? $"dotnet {Shell.Quote(Path.GetFullPath(selection.Probe))}"
            : Shell.Quote(Path.GetFullPath(selection.Probe));
        var campaign = new Campaign(new CellRunner(probe, selection.Folder), selection.Jobs, record);
        var verdicts = again
            ? await campaign.JudgeAgainAsync(selection.Cells, Print, ct)
            : await campaign.RunAsync(selection.Cells, Print, ct);
        if (record)
            return verdicts.All(v => v.Error is null) ? 0 : 1;
        await SumAsync(selection, verdicts, ct);
        return verdicts.All(v => v.Outcome == Outcome.Right) ? 0 : 1;
    }

    private static async Task<int> ReportAsync(Selection selection, CancellationToken ct)
    {
        var runner = new CellRunner("", selection.Folder);
        var verdicts = new List<Verdict>();
        foreach (var kernel in new[] { false, true })
        {
            var cells = ScenarioCatalogue.Everything.SelectMany(scenario => Cell.Of(scenario, kernel)).ToList();
            verdicts.AddRange(await new Campaign(runner, 1).JudgeAgainAsync(cells, _ => { }, ct));
        }

        foreach (var verdict in verdicts.Where(v => v.Outcome != Outcome.Right))
            Print(verdict);
        await SumAsync(selection, verdicts, ct);
        await DocumentWriter.WriteAsync(selection.Document, Tables.Of(verdicts, ScenarioCatalogue.Everything), ct);
        return 0;
    }

    private static async Task SumAsync(Selection selection, IReadOnlyList<Verdict> verdicts, CancellationToken ct)
    {
        foreach (var line in Lines.Of(Totals.Of(verdicts)))
            Console.WriteLine(line);
        await File.WriteAllTextAsync(
            selection.Json, JsonSerializer.Serialize(verdicts, VerdictJsonContext.Default.IReadOnlyListVerdict) + "\n", ct);
    }

    private static void Print(Verdict verdict) => Console.WriteLine(Lines.Of(verdict));
}
