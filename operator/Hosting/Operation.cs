// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.Events;
using KubeWgDiag.Kube.Queues;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Reconciling;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>Joins the parts of the operator: endpoints, caches, events, leader election, controller. Nothing runs before <see cref="RunAsync"/>.</summary>
internal sealed class Operation : IDisposable
{
    private readonly ControllerManager _manager;
    private readonly Controller<TunnelDiagnosis> _controller;
    private readonly KubeMetrics _kubeMetrics = new();

    public Operation(IKubernetesClient client, ProbeSettings settings, OperatorOptions options, IMeterFactory meters, ILoggerFactory log, IManagedServer server)
    {
        var time = TimeProvider.System;
        var runtimeLog = log.CreateLogger("KubeWgDiag.Kube");
        var kubeLog = KubeLogging.To(runtimeLog);
        var caches = new ClusterCaches(client, options.Namespace, options.Class, time, kubeLog);
        var events = Events(client, options, kubeLog);
        var entity = ControllerParts.Compose(client, caches, settings, options, (meters, log, time, events));
        _controller = new Controller<TunnelDiagnosis>(caches.DiagnosisInformer, entity, HowToReconcile(runtimeLog), _kubeMetrics, time);
        caches.Trigger(_controller);

        var election = Election.Candidate(client, options, kubeLog, time);
        if (election is not null)
            _kubeMetrics.Election.Register(Election.LeaseName(options.Class), election);
        _manager = new ControllerManager(time, kubeLog) { Election = election }.Add(server).AddEverywhere(events).Add(_controller);
        foreach (var informer in caches.All)
            _manager.Add(informer);
    }

    /// <summary>True once the caches are filled, also while another operator leads.</summary>
    public bool IsReady => _manager.IsReady;

    /// <summary>False when the lease should have been renewed long ago.</summary>
    public bool IsHealthy => _manager.IsHealthy;

    /// <summary>Works until it is cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => _manager.RunAsync(ct);

    public void Dispose()
    {
        _controller.Dispose();
        _kubeMetrics.Dispose();
    }

    private EventRecorder Events(IKubernetesClient client, OperatorOptions options, KubeLog log)
    {
        var who = new EventRecorderOptions
        {
            ReportingController = "kubewgdiag.io/operator",
            ReportingInstance = options.Identity,
            FieldManager = FieldManagers.Events,
            Log = log,
        };
        return new EventRecorder(client, who, _kubeMetrics.Events, TimeProvider.System);
    }

    private static ControllerOptions HowToReconcile(ILogger log) => new()
    {
        Name = "tunneldiagnosis",
        Workers = 4,
        // An API server that was away must not leave a run waiting for a quarter of an hour.
        Queue = new WorkQueueOptions { FirstRetry = TimeSpan.FromMilliseconds(100), LongestRetry = TimeSpan.FromSeconds(10) },
        Log = KubeLogging.To(log),
        Scope = ReconcileLogScope.On(log),
    };
}
