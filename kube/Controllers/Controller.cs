// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Queues;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// Joins an informer, a queue and workers to run an <see cref="IEntityController{TEntity}"/>. A key is never worked on twice at
/// a time; an exception is counted and tried again with growing waits, it never ends the controller.
/// </summary>
/// <typeparam name="TEntity">Type of the objects.</typeparam>
public sealed class Controller<TEntity> : IController, IDisposable
    where TEntity : class, IKubernetesObject
{
    private readonly Informer<TEntity> _informer;
    private readonly IEntityController<TEntity> _entity;
    private readonly ControllerOptions _options;
    private readonly TimeProvider _time;
    private readonly KubeMetrics _metrics;
    private readonly WorkQueue<ObjectKey> _queue;

    /// <summary>Last states of objects whose deletion was not handled yet.</summary>
    private readonly ConcurrentDictionary<ObjectKey, TEntity> _deleted = new();

    /// <summary>Joins the parts; nothing runs before <see cref="RunAsync"/>.</summary>
    public Controller(Informer<TEntity> informer, IEntityController<TEntity> entity, ControllerOptions options, KubeMetrics metrics, TimeProvider time)
    {
        (_informer, _entity, _options, _metrics, _time) = (informer, entity, options, metrics, time);
        _queue = new WorkQueue<ObjectKey>(time, options.Queue);
        metrics.Register(options.Name, () => _queue.Depth);
        informer.AddHandler(OnChange);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <summary>Reconciles the owners that a child's owner references name whenever the child changes.</summary>
    public Controller<TEntity> Watches<TChild>(Informer<TChild> children)
        where TChild : class, IKubernetesObject => Watches(children, child => OwnerKeys.Of(child, _informer.Type));

    /// <summary>Reconciles the objects that belong to another object whenever that changes.</summary>
    /// <param name="others">Informer of the others; has to be started by the host too.</param>
    /// <param name="keysOf">Keys of the objects that depend on it; asked for the old and for the new state.</param>
    public Controller<TEntity> Watches<TOther>(Informer<TOther> others, Func<TOther, IEnumerable<ObjectKey>> keysOf)
        where TOther : class, IKubernetesObject
    {
        others.AddHandler(change =>
        {
            if (change.Old is not null) AddAll(keysOf(change.Old));
            if (change.New is not null) AddAll(keysOf(change.New));
        });
        return this;
    }

    /// <summary>Asks for a reconciliation from outside, e.g. because a time has come.</summary>
    public void Enqueue(ObjectKey key) => _queue.Add(key);

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken ct)
    {
        using var hardStop = new CancellationTokenSource();
        var workers = new Task[Math.Max(1, _options.Workers)];
        for (int i = 0; i < workers.Length; i++) workers[i] = WorkAsync(hardStop.Token);
        Task all = Task.WhenAll(workers);
        try
        {
            await all.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            _queue.ShutDown();
            try
            {
                await all.WaitAsync(_options.Grace, _time, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                _options.Log?.Invoke(KubeLogLevel.Warning, $"{Name}: work is cut off, it did not end within {_options.Grace}");
                await hardStop.CancelAsync();
                await all;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    private void OnChange(ObjectChange<TEntity> change)
    {
        if (change.New is null && change.Old is not null) _deleted[change.Key] = change.Old;
        _queue.Add(change.Key);
    }

    private void AddAll(IEnumerable<ObjectKey> keys)
    {
        foreach (ObjectKey key in keys) _queue.Add(key);
    }

    private async Task WorkAsync(CancellationToken hardStop)
    {
        // Leaves the caller's thread at once: taking a key may complete synchronously for ever.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (await _queue.TakeAsync(hardStop) is { } key) await HandleAsync(key, hardStop);
        }
        catch (OperationCanceledException) when (hardStop.IsCancellationRequested)
        {
            // The grace time is over.
        }
    }

    private async Task HandleAsync(ObjectKey key, CancellationToken hardStop)
    {
        long start = _time.GetTimestamp();
        var outcome = ReconcileOutcome.Exception;
        _metrics.Started(Name);
        try
        {
            using var limit = new CancellationTokenSource(_options.ReconcileLimit, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(hardStop, limit.Token);
            outcome = await ReconcileAsync(key, both.Token);
        }
        catch (OperationCanceledException) when (hardStop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            _options.Log?.Invoke(KubeLogLevel.Error, $"{Name}: {key} failed and is tried again", e);
            _queue.AddRateLimited(key);
        }
        finally
        {
            _metrics.Ended(Name, outcome, _time.GetElapsedTime(start));
            _queue.Done(key);
        }
    }

    private async Task<ReconcileOutcome> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_deleted.TryGetValue(key, out TEntity? gone))
        {
            await _entity.DeletedAsync(gone, ct);
            // Only this one: another may have been deleted under the same name meanwhile.
            _deleted.TryRemove(new KeyValuePair<ObjectKey, TEntity>(key, gone));
        }

        if (_informer.Store.Get(key) is not { } entity)
        {
            _queue.Forget(key);
            return ReconcileOutcome.Success;
        }

        ReconciliationResult<TEntity> result = await _entity.ReconcileAsync(entity, ct);
        return Plan(key, result);
    }

    private ReconcileOutcome Plan(ObjectKey key, ReconciliationResult<TEntity> result)
    {
        if (!result.IsSuccess)
        {
            _options.Log?.Invoke(KubeLogLevel.Warning, $"{Name}: {key}: {result.ErrorMessage}");
            if (result.RequeueAfter is { } soon) _queue.AddAfter(key, soon);
            else _queue.AddRateLimited(key);
            return ReconcileOutcome.Failure;
        }

        _queue.Forget(key);
        if (result.RequeueAfter is not { } later) return ReconcileOutcome.Success;
        _queue.AddAfter(key, later);
        return ReconcileOutcome.RequeueAfter;
    }
}
