// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Queues;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>Takes keys from a queue, has them reconciled, counts how it ended, and decides when they come back.</summary>
internal sealed class ReconcileWorker<TEntity>(
    WorkQueue<ObjectKey> queue,
    EntityReconciler<TEntity> reconciler,
    ControllerOptions options,
    (string Kind, KubeMetrics Metrics) of,
    TimeProvider time)
    where TEntity : class, IKubernetesObject
{
    /// <summary>Works until the queue is shut down and drained, or until it is cut off.</summary>
    public async Task RunAsync(CancellationToken abort)
    {
        // Leaves the caller's thread at once: taking a key may complete synchronously for ever.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (await queue.TakeAsync(abort) is { } key) await HandleAsync(key, abort);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            // The time to finish is over.
        }
    }

    private async Task HandleAsync(ObjectKey key, CancellationToken abort)
    {
        long start = time.GetTimestamp();
        var outcome = ReconcileOutcome.Exception;
        of.Metrics.Started(options.Name);
        using IDisposable? scope = options.Scope?.Invoke(new ReconcileScope(options.Name, of.Kind, key, options.NewReconcileId()));
        using var limit = new CancellationTokenSource(options.ReconcileLimit ?? Timeout.InfiniteTimeSpan, time);
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(abort, limit.Token);
            outcome = Plan(key, await reconciler.ReconcileAsync(key, both.Token));
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            outcome = ReconcileOutcome.Timeout;
            options.Log?.Invoke(KubeLogLevel.Warning, $"{options.Name}: {key} took longer than {options.ReconcileLimit} and is tried again");
            queue.AddRateLimited(key);
        }
        catch (Exception e)
        {
            options.Log?.Invoke(KubeLogLevel.Error, $"{options.Name}: {key} failed and is tried again", e);
            queue.AddRateLimited(key);
        }
        finally
        {
            of.Metrics.Ended(options.Name, outcome, time.GetElapsedTime(start));
            queue.Done(key);
        }
    }

    private ReconcileOutcome Plan(ObjectKey key, ReconciliationResult<TEntity>? result)
    {
        if (result is { IsSuccess: false }) return PlanFailure(key, result);
        queue.Forget(key);
        if (result?.RequeueAfter is not { } later) return ReconcileOutcome.Success;
        queue.AddAfter(key, later);
        return ReconcileOutcome.RequeueAfter;
    }

    private ReconcileOutcome PlanFailure(ObjectKey key, ReconciliationResult<TEntity> result)
    {
        options.Log?.Invoke(KubeLogLevel.Warning, $"{options.Name}: {key}: {result.ErrorMessage}");
        if (result.IsTerminal) return ReconcileOutcome.Terminal;
        if (result.RequeueAfter is { } soon) queue.AddAfter(key, soon);
        else queue.AddRateLimited(key);
        return ReconcileOutcome.Failure;
    }
}
