// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Judging;

namespace KubeWgDiag.Accuracy.Running;

/// <summary>Runs and judges many cells, several networks at a time: they mostly sleep.</summary>
/// <param name="runner">Runs one.</param>
/// <param name="jobs">How many at a time.</param>
/// <param name="recordOnly">Leaves judging to another machine: every verdict says only whether the run proves something.</param>
public sealed class Campaign(CellRunner runner, int jobs, bool recordOnly = false)
{
    private const int Tries = 3;

    /// <summary>Runs all cells; each verdict is reported as it comes.</summary>
    public async Task<IReadOnlyList<Verdict>> RunAsync(IReadOnlyList<Cell> cells, Action<Verdict> report, CancellationToken ct)
    {
        // The slow ones first: they wait beside the others instead of after them.
        var order = Enumerable.Range(0, cells.Count).OrderByDescending(i => cells[i].Seconds).ToList();
        var verdicts = new Verdict?[cells.Count];
        var gate = new Lock();
        await Parallel.ForEachAsync(
            order,
            new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = ct },
            async (i, token) =>
            {
                var verdict = await RunOneAsync(cells[i], token);
                // A run that proves nothing (a starved machine, a lost ping) may be repeated; a wrong verdict never.
                for (var tries = 1; tries < Tries && verdict is { Outcome: Outcome.ScenarioError, Error: not null }; tries++)
                    verdict = await RunOneAsync(cells[i], token);
                verdicts[i] = verdict;
                lock (gate)
                    report(verdict!);
            });
        return [.. verdicts.OfType<Verdict>()];
    }

    /// <summary>Judges what earlier runs recorded, without running anything.</summary>
    public async Task<IReadOnlyList<Verdict>> JudgeAgainAsync(IReadOnlyList<Cell> cells, Action<Verdict> report, CancellationToken ct)
    {
        var verdicts = new List<Verdict>();
        foreach (var cell in cells)
        {
            if (await Judge.JudgeAsync(cell, runner.FolderOf(cell), ct) is not { } verdict)
                continue;
            verdicts.Add(verdict);
            report(verdict);
        }

        return verdicts;
    }

    private async Task<Verdict?> RunOneAsync(Cell cell, CancellationToken ct)
    {
        await runner.RunAsync(cell, ct);
        var folder = runner.FolderOf(cell);
        return recordOnly ? await Judge.RecordedAsync(cell, folder, ct) : await Judge.JudgeAsync(cell, folder, ct);
    }
}
