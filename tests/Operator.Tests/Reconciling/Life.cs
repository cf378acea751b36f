// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Reconciling;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>
/// The whole life of a diagnosis with two runs of an interval: each node answers as soon as it is asked. Watches from outside what must hold at every moment, and
/// checks at the end what must have come of it.
/// </summary>
internal sealed class Life : IDisposable
{
    private const int MostRounds = 600;

    private static readonly string[] Nodes = ["a", "b", "c"];

    private readonly Story _story = new(new() { Interval = "60s" }, Nodes);
    private readonly Dictionary<string, DateTimeOffset> _starts = new(StringComparer.Ordinal);
    private TunnelDiagnosisController _operator;

    public Life() => _operator = _story.NewOperator();

    public FakeCluster Cluster => _story.Cluster;

    public Story Story => _story;

    /// <summary>How often the operator was killed.</summary>
    public int Kills { get; private set; }

    public void Dispose() => _story.Dispose();

    /// <summary>Lives it with one operator at a time; a killed one is followed by a new one.</summary>
    public async Task LiveAsync()
    {
        for (var round = 0; !IsOver(); round++)
        {
            round.ShouldBeLessThan(MostRounds, "the life does not end");
            await StepAsync();
            Answer();
            Watch();
            // Between the runs nothing happens.
            _story.Time.Advance(TimeSpan.FromMilliseconds(IsAtRest() ? 10_000 : 500));
        }

        Check();
    }

    /// <summary>Lives it with two operators that both believe that it is their turn, each on a cache that catches up now and then.</summary>
    public async Task LiveWithTwoAsync(Random random)
    {
        CachedView[] caches = [new(Cluster), new(Cluster)];
        var operators = caches.Select(cache => _story.NewOperator(cache)).ToArray();
        for (var round = 0; !IsOver(); round++)
        {
            round.ShouldBeLessThan(10 * MostRounds, "the life does not end");
            var turn = random.Next(2);
            if (random.Next(3) == 0)
                caches[turn].CatchUp();
            await operators[turn].ReconcileAsync(caches[turn].Diagnoses().Single(), CancellationToken.None);
            if (random.Next(4) == 0)
                Answer();
            Watch();
            _story.Time.Advance(TimeSpan.FromMilliseconds(random.Next(IsAtRest() ? 4000 : 400)));
        }

        Check();
    }

    private async Task StepAsync()
    {
        try
        {
            await _operator.ReconcileAsync(Cluster.Diagnosis, CancellationToken.None);
        }
        catch (OperatorKilledException)
        {
            Kills++;
            _operator = _story.NewOperator();
        }
    }

    private bool IsAtRest() => Cluster.Diagnosis.Status?.Phase == DiagnosisPhase.Complete && Cluster.All<DaemonSet>().Count == 0;

    // Complete for the second time, and the probes are gone.
    private bool IsOver() =>
        Cluster.Diagnosis.Status is { Phase: DiagnosisPhase.Complete, History.Count: > 0 } && Cluster.All<DaemonSet>().Count == 0;

    private void Answer()
    {
        if (Cluster.All<DaemonSet>().Count == 0)
            return;
        // One at a time, so that partial results are written too.
        if (Cluster.All<NodeProbe>().FirstOrDefault(probe => probe.Status?.Run != probe.Spec!.Run) is { } silent)
            _story.Report(silent.Spec!.NodeName);
    }

    private void Watch()
    {
        var status = Cluster.Diagnosis.Status;
        if (status is { Run: { } run, StartTime: { } start })
        {
            // A run begins once: whoever comes later finds the run that is there.
            _starts.TryAdd(run, start);
            start.ShouldBe(_starts[run]);
        }

        // Nothing is asked for a run that is not on record.
        Cluster.All<NodeProbe>().ShouldAllBe(probe => _starts.ContainsKey(probe.Spec!.Run));
        Cluster.All<DaemonSet>().Count.ShouldBeLessThanOrEqualTo(1);
    }

    private void Check()
    {
        var status = _story.Status;
        _starts.Count.ShouldBe(2);
        status.History.ShouldNotBeNull().ShouldHaveSingleItem().Run.ShouldNotBe(status.Run);
        status.History[0].Summary.ShouldNotContain("Partial");
        status.Nodes.ShouldNotBeNull().Progress.ShouldBe("3/3");
        _story.Condition("Complete").Reason.ShouldBe("AllNodesReported");
        Cluster.All<NodeProbe>().Select(probe => probe.Spec!.NodeName).Order(StringComparer.Ordinal).ShouldBe(Nodes);
        Cluster.All<NodeProbe>().ShouldAllBe(probe => probe.Spec!.Run == status.Run);
        Cluster.CollectGarbage();
        Cluster.All<NodeProbe>().Count.ShouldBe(3);
    }
}
