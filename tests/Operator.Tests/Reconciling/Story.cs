// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Events;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Hosting;
using KubeWgDiag.Operator.Reconciling;
using KubeWgDiag.Operator.Reporting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>A diagnosis, the cluster around it and the operator that works on it, one reconciliation at a time.</summary>
internal sealed class Story : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RunLimits _limits;
    private TunnelDiagnosisController _controller;

    /// <summary>Limits without a spread, so that times are easy to read.</summary>
    public static RunLimits AtOnce { get; } = new() { StartSpread = TimeSpan.Zero };

    public Story(TunnelDiagnosisSpec spec, params string[] nodes)
        : this(spec, AtOnce, nodes)
    {
    }

    public Story(TunnelDiagnosisSpec spec, RunLimits limits, string[] nodes)
    {
        _limits = limits;
        foreach (var node in nodes)
            Cluster.AddNode(TestData.Node(node));
        Cluster.Put(CrdTypes.TunnelDiagnosis, TestData.Mesh(spec));
        _controller = NewOperator();
    }

    public FakeCluster Cluster { get; } = new();

    /// <summary>Who judges the facts.</summary>
    public Func<DiagnosisInput, DiagnosisReport> Engine { get; set; } = DiagnosisEngine.Diagnose;

    public FakeTimeProvider Time { get; } = new(TestData.Noon);

    public TunnelDiagnosis Diagnosis => Cluster.Diagnosis;

    public TunnelDiagnosisStatus Status => Diagnosis.Status.ShouldNotBeNull();

    public void Dispose() => _services.Dispose();

    /// <summary>The process ends and another begins: everything that was only in memory is gone.</summary>
    public void RestartOperator() => _controller = NewOperator();

    /// <summary>One reconciliation.</summary>
    public Task<ReconciliationResult<TunnelDiagnosis>> ReconcileAsync(TunnelDiagnosis? asCached = null) =>
        _controller.ReconcileAsync(asCached ?? Diagnosis, CancellationToken.None);

    /// <summary>Reconciles as the queue would until nothing changes: at once after a change, and after short waits. Gives the last result.</summary>
    public async Task<ReconciliationResult<TunnelDiagnosis>> SettleAsync()
    {
        for (var round = 0; round < 20; round++)
        {
            var writes = Cluster.Writes.Count;
            var result = await ReconcileAsync();
            if (Cluster.All<TunnelDiagnosis>().Count == 0)
                return result;
            var wantsSoon = result.RequeueAfter <= TimeSpan.FromSeconds(1);
            if (wantsSoon)
                Time.Advance(result.RequeueAfter!.Value);
            else if (Cluster.Writes.Count == writes)
                return result;
        }

        throw new InvalidOperationException("The operator does not come to rest.");
    }

    /// <summary>A node reports an empty set of facts, or these.</summary>
    public void Report(string node, KubeWgDiag.Diagnosis.Facts.NodeFacts? facts = null) =>
        Cluster.ProbeSays(node, probe => TestData.Answer(probe.Spec!.Run, facts ?? TestData.Facts(node)));

    public Condition Condition(string type) => ConditionSet.Find(Status.Conditions, type).ShouldNotBeNull();

    /// <summary>An operator of its own, which sees the cluster through this cache.</summary>
    public TunnelDiagnosisController NewOperator(IClusterView? cache = null, RunLimits? limits = null) => ControllerParts.Compose(
        Cluster,
        cache ?? Cluster,
        new() { Image = "probe:1" },
        new() { Namespace = "kubewgdiag", ProbeSettingsFile = "", Listen = new Uri("http://127.0.0.1"), Limits = limits ?? _limits },
        (_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), NullLoggerFactory.Instance, Time, new ToldAtOnce(Cluster)),
        input => Engine(input));

    /// <summary>Events stand in the cluster as soon as they are recorded.</summary>
    private sealed class ToldAtOnce(FakeCluster cluster) : IEventRecorder
    {
        public void Record(Event template) => _ = cluster.CreateAsync(BuiltInTypes.Event, template, CancellationToken.None);
    }
}
