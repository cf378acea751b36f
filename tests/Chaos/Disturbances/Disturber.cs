// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Chaos.Cluster;
using KubeWgDiag.Chaos.Operators;
using KubeWgDiag.EmbeddedApiServer;
using KubeWgDiag.EmbeddedApiServer.Faults;

namespace KubeWgDiag.Chaos.Disturbances;

/// <summary>Disturbs the cluster by chance from a seed until it is told to be quiet.</summary>
internal sealed class Disturber(ChaosCluster cluster, IReadOnlyList<OperatorReplica> operators, int seed)
{
    /// <summary>How often each is drawn, of a hundred.</summary>
    private static readonly (Disturbance What, int Weight)[] Weights =
    [
        (Disturbance.OperatorKilled, 5), (Disturbance.OperatorStopped, 3), (Disturbance.ProbeKilled, 34), (Disturbance.ServerResets, 8), (Disturbance.ServerRefuses, 7),
        (Disturbance.ServerHangs, 7), (Disturbance.WatchesExpired, 13), (Disturbance.Compacted, 13), (Disturbance.TokensRotated, 10),
    ];

    private readonly Random _dice = new(seed);
    private readonly Queue<Disturbance> _first = new(Enum.GetValues<Disturbance>());
    private readonly ConcurrentDictionary<Disturbance, int> _counts = new();

    /// <summary>What was done how often.</summary>
    public IReadOnlyDictionary<Disturbance, int> Counts => _counts;

    /// <summary>Disturbs until it is cancelled, and leaves a server that answers.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        cluster.Api.Faults.Plan = Plan();
        cluster.Api.Faults.IsOn = true;
        try
        {
            while (!ct.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(_dice.Next(200, 1200)), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!ct.IsCancellationRequested) await DisturbAsync(Draw());
            }
        }
        finally
        {
            cluster.Api.Faults.IsOn = false;
            await cluster.Api.ComeBackAsync();
        }
    }

    /// <summary>Operators and probes meet about one fault in ten requests; the judge meets none.</summary>
    private static FaultPlan Plan() => new()
    {
        Agents = ["kubewgdiag-operator", "kubewgdiag-probe"],
        Delay = (TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(400)),
        Rates = new Dictionary<RequestFault, double>
        {
            [RequestFault.Delay] = 0.04,
            [RequestFault.DropBefore] = 0.01,
            [RequestFault.DropAfter] = 0.01,
            [RequestFault.DropConnection] = 0.004,
            [RequestFault.Conflict] = 0.01,
            [RequestFault.TooManyRequests] = 0.01,
            [RequestFault.InternalError] = 0.01,
            [RequestFault.Unavailable] = 0.01,
            [RequestFault.GatewayTimeout] = 0.008,
            [RequestFault.WatchCut] = 0.05,
            [RequestFault.WatchExpired] = 0.05,
            [RequestFault.WatchGone] = 0.03,
            [RequestFault.WatchClosed] = 0.03,
        },
    };

    /// <summary>Each once, so that a short run has met them all; then by chance.</summary>
    private Disturbance Draw()
    {
        if (_first.TryDequeue(out var first)) return first;
        var mark = _dice.Next(Weights.Sum(w => w.Weight));
        foreach (var (what, weight) in Weights)
        {
            mark -= weight;
            if (mark < 0) return what;
        }

        throw new InvalidOperationException("the weights do not add up");
    }

    private async Task DisturbAsync(Disturbance what)
    {
        var replica = operators[_dice.Next(operators.Count)];
        var happened = what switch
        {
            Disturbance.OperatorKilled => replica.Kill(),
            Disturbance.OperatorStopped => replica.Terminate(),
            Disturbance.ProbeKilled => cluster.Agents.KillOne(_dice),
            Disturbance.ServerResets => await AwayAsync(AwayMode.Reset),
            Disturbance.ServerRefuses => await AwayAsync(AwayMode.Refuse),
            Disturbance.ServerHangs => await AwayAsync(AwayMode.Hang),
            Disturbance.WatchesExpired => Done(cluster.Api.ExpireWatches),
            Disturbance.Compacted => Done(cluster.Api.Compact),
            _ => await RotateAsync(),
        };
        if (happened) _counts.AddOrUpdate(what, 1, (_, count) => count + 1);
    }

    private static bool Done(Action act)
    {
        act();
        return true;
    }

    private async Task<bool> AwayAsync(AwayMode mode)
    {
        await cluster.Api.GoAwayAsync(mode);
        await Task.Delay(TimeSpan.FromMilliseconds(_dice.Next(200, 1600)));
        await cluster.Api.ComeBackAsync();
        return true;
    }

    private async Task<bool> RotateAsync()
    {
        await cluster.RotateTokensAsync(CancellationToken.None);
        return true;
    }
}
