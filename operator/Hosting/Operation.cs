// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.Queues;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Reconciling;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>Joins the parts of the operator: caches, controller and what the controller works with. Nothing runs before <see cref="RunAsync"/>.</summary>
internal sealed class Operation : IDisposable
{
    private readonly ControllerManager _manager;
    private readonly Controller<TunnelDiagnosis> _controller;
    private readonly KubeMetrics _kubeMetrics = new();

    public Operation(IKubernetesClient client, ProbeSettings settings, OperatorOptions options, IMeterFactory meters, ILoggerFactory log)
    {
        var time = TimeProvider.System;
        var kubeLog = KubeLogging.To(log.CreateLogger("KubeWgDiag.Kube"));
        var caches = new ClusterCaches(client, options.Namespace, options.Class, time, kubeLog);
        var entity = ControllerParts.Compose(client, caches, settings, options, (meters, log, time));

        var controllerOptions = new ControllerOptions
        {
            Name = "tunneldiagnosis",
            Workers = 4,
            // An API server that was away must not leave a run waiting for a quarter of an hour.
            Queue = new WorkQueueOptions { FirstRetry = TimeSpan.FromMilliseconds(100), LongestRetry = TimeSpan.FromSeconds(10) },
            Log = kubeLog,
        };
        _controller = new Controller<TunnelDiagnosis>(caches.DiagnosisInformer, entity, controllerOptions, _kubeMetrics, time);
        caches.Trigger(_controller);
        _manager = new ControllerManager(time, kubeLog).Add(_controller);
        foreach (var informer in caches.All)
            _manager.Add(informer);
    }

    /// <summary>True once the caches are filled.</summary>
    public bool IsReady => _manager.IsReady;

    /// <summary>Works until it is cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => _manager.RunAsync(ct);

    public void Dispose()
    {
        _controller.Dispose();
        _kubeMetrics.Dispose();
    }
}
