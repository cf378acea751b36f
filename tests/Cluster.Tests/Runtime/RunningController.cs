// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.Queues;

namespace KubeWgDiag.Cluster.Tests.Runtime;

/// <summary>A controller over some gadgets, with its cache and manager.</summary>
internal sealed class RunningController : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly KubeMetrics _metrics = new();
    private readonly Controller<Gadget> _controller;

    public RunningController(IKubernetesClient client, ResourceType<Gadget> type, string @namespace, string selector, IEntityController<Gadget> entity)
    {
        Informer = new Informer<Gadget>(client, type, new() { Namespace = @namespace, LabelSelector = selector }, TimeProvider.System);
        var options = new ControllerOptions
        {
            Name = selector,
            Workers = 2,
            Queue = new WorkQueueOptions { FirstRetry = TimeSpan.FromMilliseconds(20), LongestRetry = TimeSpan.FromSeconds(1) },
        };
        _controller = new Controller<Gadget>(Informer, entity, options, _metrics, TimeProvider.System);
        Ended = new ControllerManager(TimeProvider.System).Add(Informer).Add(_controller).RunAsync(_stop.Token);
    }

    public Informer<Gadget> Informer { get; }

    /// <summary>Ends when everything has stopped.</summary>
    public Task Ended { get; }

    public Task StopAsync() => _stop.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _controller.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
    }
}

/// <summary>What a test does with a gadget.</summary>
internal sealed class GadgetController(Func<Gadget, CancellationToken, Task<ReconciliationResult<Gadget>>> reconcile) : IEntityController<Gadget>
{
    /// <summary>Names of the gadgets whose deletion was told.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Deleted { get; } = [];

    public Task<ReconciliationResult<Gadget>> ReconcileAsync(Gadget entity, CancellationToken cancellationToken) => reconcile(entity, cancellationToken);

    public Task DeletedAsync(Gadget entity, CancellationToken cancellationToken)
    {
        Deleted.Enqueue(entity.Metadata.Name!);
        return Task.CompletedTask;
    }
}
