// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using KubeWgDiag.Chaos.Checks;
using KubeWgDiag.Chaos.Cluster;
using KubeWgDiag.Chaos.Disturbances;
using KubeWgDiag.Chaos.Operators;
using KubeWgDiag.Chaos.Planning;
using KubeWgDiag.Chaos.Probes;
using KubeWgDiag.Chaos.Report;
using KubeWgDiag.Chaos.Runs;
using KubeWgDiag.EmbeddedApiServer.Faults;

namespace KubeWgDiag.Chaos;

/// <summary>
/// One chaos run: many diagnoses beside each other on a cluster that is disturbed all the time, then quiet, then the question whether everything
/// came to its right end and nothing was left behind.
/// </summary>
internal sealed class ChaosRun(ChaosOptions options, Action<string> say)
{
    private const int Replicas = 2;

    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentQueue<DiagnosisOutcome> _outcomes = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public async Task<ChaosResult> RunAsync(CancellationToken ct)
    {
        var plans = ChaosPlanner.Draw(options);
        var world = new MeshWorld();
        await using var cluster = await ChaosCluster.StartAsync(options.Seed, world, ct);
        var operators = Enumerable.Range(1, Replicas).Select(number => OperatorReplica.Start(cluster, options, number)).ToList();
        try
        {
            var chronicle = new StatusChronicle(cluster.Client);
            using var look = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var writing = chronicle.RunAsync(look.Token);
            var disturber = new Disturber(cluster, operators, options.Seed);
            await DisturbedAsync(plans, new DiagnosisDriver(new Judge(cluster.Client), world), disturber, ct);
            await CaughtUpAsync(chronicle, ct);
            Judged(chronicle);
            await LookForLeftoversAsync(cluster, operators, ct);
            await look.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var violation in await new LeftoverCheck(cluster, new Judge(cluster.Client)).AfterEverybodyAsync(ct)) _violations.Enqueue(violation);
            return Result(cluster, disturber, operators, chronicle);
        }
        finally
        {
            foreach (var replica in operators) await replica.DisposeAsync();
        }
    }

    private async Task DisturbedAsync(IReadOnlyList<DiagnosisPlan> plans, DiagnosisDriver driver, Disturber disturber, CancellationToken ct)
    {
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(ct);
        quiet.CancelAfter(options.Disturbed);
        var disturbing = disturber.RunAsync(quiet.Token);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = ct };
        await Parallel.ForEachAsync(plans, limits, async (plan, stop) =>
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(options.DiagnosisLimit);
            _outcomes.Enqueue(await driver.DriveAsync(plan, limit.Token));
            if (_outcomes.Count % 10 == 0) say(string.Create(CultureInfo.InvariantCulture, $"  {_outcomes.Count} of {plans.Count} after {_clock.Elapsed.TotalSeconds:0} s"));
        });
        await quiet.CancelAsync();
        await disturbing;
    }

    /// <summary>The chronicle hears of an end a moment after the one who asked.</summary>
    private async Task CaughtUpAsync(StatusChronicle chronicle, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await Judge.UntilAsync(() => Task.FromResult(_outcomes.All(outcome => outcome.Last?.Status?.Run is not { } run || chronicle.Of(outcome.Uid).Any(status => status.Run == run))), limit.Token);
        ct.ThrowIfCancellationRequested();
    }

    private void Judged(StatusChronicle chronicle)
    {
        foreach (var outcome in _outcomes)
        {
            var story = chronicle.Of(outcome.Uid);
            foreach (var fault in EndCheck.FaultsOf(outcome, story).Concat(StoryCheck.FaultsOf(story)).Distinct(StringComparer.Ordinal))
                _violations.Enqueue($"{outcome.Plan.Name} (mesh {outcome.Plan.Mesh.Name}): {fault}");
        }
    }

    private async Task LookForLeftoversAsync(ChaosCluster cluster, IReadOnlyList<OperatorReplica> operators, CancellationToken ct)
    {
        var check = new LeftoverCheck(cluster, new Judge(cluster.Client));
        List<string> left = [.. await check.AfterTheRunsAsync(ct), .. await check.AfterTheDiagnosesAsync(ct)];
        foreach (var replica in operators)
            if (await replica.EndAsync() is { } code and not 0) left.Add($"an operator that was told to stop ended with {code}");
        left.AddRange(await check.AfterTheOperatorsAsync(ct));
        foreach (var violation in left) _violations.Enqueue(violation);
    }

    private ChaosResult Result(ChaosCluster cluster, Disturber disturber, IReadOnlyList<OperatorReplica> operators, StatusChronicle chronicle)
    {
        var disturbances = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var what in Enum.GetValues<Disturbance>()) disturbances.Add(what.ToString(), disturber.Counts.GetValueOrDefault(what));
        foreach (var (fault, count) in cluster.Api.Faults.Counts) disturbances.Add($"request {fault}", count);
        return new ChaosResult
        {
            Options = options,
            Duration = _clock.Elapsed,
            Kinds = _outcomes.GroupBy(outcome => outcome.Plan.Kind).OrderBy(group => group.Key).ToDictionary(group => group.Key, group => group.Count()),
            Ended = _outcomes.Count(outcome => outcome.Ended && !EndCheck.FaultsOf(outcome, chronicle.Of(outcome.Uid)).Any()),
            Runs = _outcomes.Sum(outcome => StoryCheck.RunsOf(chronicle.Of(outcome.Uid)).Count),
            Disturbances = disturbances,
            UnaskedEnds = operators.Sum(replica => replica.UnaskedEnds),
            OperatorMemory = operators.Max(replica => replica.PeakMemory),
            Violations = [.. _violations],
        };
    }
}
