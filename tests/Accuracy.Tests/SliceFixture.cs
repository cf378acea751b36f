// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Accuracy.Judging;
using KubeWgDiag.Accuracy.Running;
using KubeWgDiag.Accuracy.Scenarios;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Processes;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Accuracy.Tests;

/// <summary>Every reproducible scenario once, layouts and families taking turns; all networks of the run stand before the first assertion.</summary>
public sealed class SliceFixture : IAsyncLifetime
{
    // Each network sleeps most of its fifteen seconds.
    private const int Jobs = 16;
    private readonly string _folder = Directory.CreateTempSubdirectory("kubewgdiag-accuracy-").FullName;

    /// <summary>Why nothing could be run; null when it was.</summary>
    public string? Missing { get; private set; }

    public IReadOnlyDictionary<string, Verdict> Verdicts { get; private set; } = new Dictionary<string, Verdict>();

    /// <summary>The cells of the short run.</summary>
    public static IReadOnlyList<Cell> Cells { get; } =
        CellSelection.Choose(ScenarioCatalogue.Everything, new CellFilter([], null, 0, null, Slice: true, Kernel: false));

    public async Task InitializeAsync()
    {
        var probe = Path.Combine(RepositoryRoot.Path, "artifacts/publish/probe/kubewgdiag-probe");
        Missing = await WhatIsMissingAsync(probe);
        if (Missing is not null)
            return;
        var campaign = new Campaign(new CellRunner(Shell.Quote(probe), _folder), Jobs);
        var verdicts = await campaign.RunAsync(Cells, _ => { }, CancellationToken.None);
        Verdicts = verdicts.ToDictionary(v => v.Scenario, StringComparer.Ordinal);
    }

    // What went wrong is kept: the facts tell why.
    public Task DisposeAsync()
    {
        if (Verdicts.Values.All(v => v.Outcome == Outcome.Right))
            Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private static async Task<string?> WhatIsMissingAsync(string probe)
    {
        if (!File.Exists(probe))
            return $"{probe} is missing (make publish)";
        var missing = await Prerequisites.MissingAsync(CancellationToken.None);
        if (missing.Count > 0)
            return $"the lab needs {string.Join("; ", missing)}";
        return await Prerequisites.KernelHasWireGuardAsync(CancellationToken.None) ? "the short run is for wireguard-go; this kernel has its own" : null;
    }
}
