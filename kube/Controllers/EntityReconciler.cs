// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>Finds out what a key asks for now and calls the entity controller or its finalizers.</summary>
internal sealed class EntityReconciler<TEntity>(ObjectStore<TEntity> store, IEntityController<TEntity> entity)
    where TEntity : class, IKubernetesObject
{
    /// <summary>Last states of objects whose deletion was not handled yet.</summary>
    private readonly ConcurrentDictionary<ObjectKey, TEntity> _deleted = new();

    /// <summary>Null while the controller has no finalizers.</summary>
    public FinalizerSet<TEntity>? Finalizers { get; set; }

    /// <summary>Keeps the last state of an object that is gone.</summary>
    public void Gone(ObjectKey key, TEntity lastState) => _deleted[key] = lastState;

    /// <summary>One reconciliation; null when there is no such object.</summary>
    public async Task<ReconciliationResult<TEntity>?> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_deleted.TryGetValue(key, out TEntity? gone))
        {
            await entity.DeletedAsync(gone, ct);
            // Only this one: another may have been deleted under the same name meanwhile.
            _deleted.TryRemove(new KeyValuePair<ObjectKey, TEntity>(key, gone));
        }

        if (store.Get(key) is not { } current) return null;
        if (Finalizers is null) return await entity.ReconcileAsync(current, ct);
        // As in KubeOps, an object that is being deleted is the finalizers' and not reconciled any more.
        if (current.Metadata.DeletionTimestamp is not null) return await Finalizers.FinalizeAsync(current, ct);
        // Nothing is begun for an object before it is certain that its end will be seen.
        return await Finalizers.AttachAsync(current, ct) ?? await entity.ReconcileAsync(current, ct);
    }
}
