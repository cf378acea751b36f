// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Report;
using KubeWgDiag.Tests.Shared;
using Xunit.Abstractions;

namespace KubeWgDiag.Chaos.Tests;

/// <summary>A small chaos run; <c>make chaos</c> is the large one.</summary>
public sealed class DozenTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;

    [Fact]
    public async Task ADozenDiagnoses_Disturbed_AllEndRightAndNothingIsLeftBehind()
    {
        var options = new ChaosOptions
        {
            Runs = 12,
            Seed = Seed,
            Parallel = 6,
            Schedules = false,
            Disturbed = TimeSpan.FromSeconds(20),
            Operator = Published(),
            Artifacts = Path.Combine(AppContext.BaseDirectory, "chaos"),
        };
        var result = await new ChaosRun(options, output.WriteLine).RunAsync(CancellationToken.None);
        output.WriteLine(ChaosReport.Text(result));
        result.Violations.ShouldBeEmpty();
        result.Ended.ShouldBe(12);
        result.Disturbances.Values.Sum().ShouldBeGreaterThan(10, "nothing was shown when nothing happened");
    }

    /// <summary>The published program starts in a fraction of the time; an old one would show nothing about this code.</summary>
    private static string? Published()
    {
        var published = new FileInfo(Path.Combine(RepositoryRoot.Path, "artifacts/publish/operator/kubewgdiag-operator"));
        var built = new FileInfo(Path.Combine(AppContext.BaseDirectory, "kubewgdiag-operator.dll"));
        return published.Exists && published.LastWriteTimeUtc >= built.LastWriteTimeUtc ? published.FullName : null;
    }
}
