// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Accuracy.Running;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Accuracy.Judging;

/// <summary>Lets the engine diagnose recorded facts, as <c>analyze</c> does, and compares with what the scenario expects.</summary>
public static class Judge
{
    /// <summary>What a run left in a folder, not judged yet; null when there is no run.</summary>
    public static async Task<Verdict?> RecordedAsync(Cell cell, string folder, CancellationToken ct)
    {
        var runFile = Path.Combine(folder, "run.json");
        if (!File.Exists(runFile))
            return null;
        var run = JsonSerializer.Deserialize(await File.ReadAllTextAsync(runFile, ct), RecordedJsonContext.Default.Recorded)!;
        return new Verdict
        {
            Scenario = cell.Scenario.Name,
            Kind = CellSelection.KindOf(cell.Scenario),
            Layout = cell.Layout.ToString(),
            Family = (int)cell.Family,
            Kernel = cell.Kernel,
            Expected = [.. cell.Scenario.Expected.Select(codes => codes[0])],
            Outcome = Outcome.ScenarioError,
            Found = [],
            False = [],
            Seconds = run.Seconds,
            Error = run.Error,
            Facts = folder,
        };
    }

    /// <summary>Judges what a run left in a folder; null when there is no run.</summary>
    public static async Task<Verdict?> JudgeAsync(Cell cell, string folder, CancellationToken ct)
    {
        if (await RecordedAsync(cell, folder, ct) is not { } run)
            return null;
        var facts = await ReadAsync(folder, ct);
        if (facts.Count == 0)
            return run with { Error = run.Error ?? "no facts" };
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()) { Cluster = await ClusterAsync(folder, ct) });
        var judged = Compare(run, cell.Scenario, report);
        return run.Error is null ? judged : judged with { Outcome = Outcome.ScenarioError };
    }

    /// <summary>Compares a report with what is expected.</summary>
    public static Verdict Compare(Verdict verdict, Scenario scenario, DiagnosisReport report)
    {
        var found = report.RootCauses.Select(cause => cause.Finding.Code).ToList();
        var wanted = scenario.Expected;
        var tolerated = scenario.Parts.SelectMany(part => part.Fault.AlsoTrue).Concat(scenario.AlsoTrue).ToHashSet(StringComparer.Ordinal);
        var ranks = wanted.Select(codes => 1 + found.FindIndex(code => codes.Contains(code))).ToList();
        var alarms = report.RootCauses
            .Where(cause => cause.Finding.Severity >= Severity.Warning)
            .Select(cause => cause.Finding.Code)
            .Where(code => !wanted.Any(codes => codes.Contains(code)) && !tolerated.Contains(code))
            .ToList();
        int? rank = ranks.Count == 0 || ranks.Contains(0) ? null : ranks.Max();
        // A single fault has to come first. Of two, both have to be there: which is first is a matter of reach.
        var right = wanted.Count == 0 ? alarms.Count == 0 : scenario.Parts.Count > 0 ? rank is not null : rank == 1;
        return verdict with
        {
            Outcome = right ? Outcome.Right : Outcome.Wrong,
            Rank = rank,
            Hits = ranks.Count(place => place > 0),
            Found = found,
            False = alarms,
            Summary = report.Summary,
        };
    }

    private static async Task<ClusterFacts?> ClusterAsync(string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, Recorded.ClusterFile);
        return File.Exists(file) ? JsonSerializer.Deserialize(await File.ReadAllTextAsync(file, ct), RecordedJsonContext.Default.ClusterFacts) : null;
    }

    private static async Task<IReadOnlyList<NodeFacts>> ReadAsync(string folder, CancellationToken ct)
    {
        var nodes = new List<NodeFacts>();
        foreach (var file in Directory.EnumerateFiles(folder, "node-*.json").Order(StringComparer.Ordinal))
        {
            await using var stream = File.OpenRead(file);
            if (await JsonSerializer.DeserializeAsync(stream, FactsJsonContext.Default.NodeFacts, ct) is { } facts)
                nodes.Add(facts);
        }

        return nodes;
    }
}
