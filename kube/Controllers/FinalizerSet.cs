// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>A controller's finalizers: puts them onto objects, runs them when an object is being deleted, and takes them off.</summary>
internal sealed class FinalizerSet<TEntity>(IKubernetesClient client, ResourceType<TEntity> type, string fieldManager, TimeProvider time)
    where TEntity : class, IKubernetesObject
{
    /// <summary>client-go's retry on conflict.</summary>
    private const int Tries = 5;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(10);

    /// <summary>How long the removal of an entry may take, also after the program was told to stop.</summary>
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(10);

    private readonly List<(string Identifier, IEntityFinalizer<TEntity> Finalizer)> _finalizers = [];

    public void Add(string identifier, IEntityFinalizer<TEntity> finalizer) => _finalizers.Add((identifier, finalizer));

    /// <summary>Puts the missing entries onto an object; null when none is missing.</summary>
    public async Task<ReconciliationResult<TEntity>?> AttachAsync(TEntity entity, CancellationToken ct)
    {
        IReadOnlyList<string> present = entity.Metadata.Finalizers ?? [];
        List<string> missing = [.. _finalizers.Select(own => own.Identifier).Except(present, StringComparer.Ordinal)];
        if (missing.Count == 0) return null;
        KubeResult<TEntity> patched = await PatchAsync(entity, [.. present, .. missing], ct);
        // The change comes back through the cache and brings the reconciliation; a conflict means that a newer state is on its way.
        return patched.IsSuccess || patched.Error.Kind is KubeErrorKind.Conflict or KubeErrorKind.NotFound
            ? ReconciliationResult<TEntity>.Success(entity)
            : ReconciliationResult<TEntity>.Failure(entity, $"The finalizers cannot be attached: {patched.Error.Message}");
    }

    /// <summary>Runs the finalizers that still stand on an object which is being deleted, one after the other.</summary>
    public async Task<ReconciliationResult<TEntity>> FinalizeAsync(TEntity entity, CancellationToken ct)
    {
        TEntity current = entity;
        foreach ((string identifier, IEntityFinalizer<TEntity> finalizer) in _finalizers)
        {
            if (current.Metadata.Finalizers?.Contains(identifier) != true) continue;
            ReconciliationResult<TEntity> result = await finalizer.FinalizeAsync(current, ct);
            if (!result.IsSuccess) return result;
            KubeResult<TEntity> removed = await RemoveAsync(current, identifier);
            // Without its last finalizer the object is gone.
            if (removed.Error is { Kind: KubeErrorKind.NotFound }) break;
            if (!removed.IsSuccess) return ReconciliationResult<TEntity>.Failure(current, $"The finalizer {identifier} cannot be removed: {removed.Error.Message}");
            current = removed.Value;
        }

        return ReconciliationResult<TEntity>.Success(current);
    }

    /// <summary>Takes an entry off. Shutting down does not cancel this, so that a finished clean-up is not done again.</summary>
    private async Task<KubeResult<TEntity>> RemoveAsync(TEntity entity, string identifier)
    {
        using var limit = new CancellationTokenSource(RemovalLimit, time);
        try
        {
            TEntity current = entity;
            for (int attempt = 1; ; attempt++)
            {
                KubeResult<TEntity> patched = await PatchAsync(current, (current.Metadata.Finalizers ?? []).Where(present => present != identifier), limit.Token);
                if (patched.Error is not { Kind: KubeErrorKind.Conflict } || attempt == Tries) return patched;
                await Task.Delay(BetweenTries, time, limit.Token);
                KubeResult<TEntity> read = await client.GetAsync(type, entity.Metadata.Namespace, entity.Metadata.Name!, limit.Token);
                if (!read.IsSuccess) return read;
                if (read.Value.Metadata.Uid != entity.Metadata.Uid) return new KubeError(KubeErrorKind.NotFound, "Another object has its name.");
                if (read.Value.Metadata.Finalizers?.Contains(identifier) != true) return read;
                current = read.Value;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new KubeError(KubeErrorKind.Unreachable, $"No answer within {RemovalLimit.TotalSeconds} s.");
        }
    }

    private Task<KubeResult<TEntity>> PatchAsync(TEntity entity, IEnumerable<string> finalizers, CancellationToken ct) => client.MergePatchAsync(
        type,
        entity.Metadata.Namespace,
        entity.Metadata.Name!,
        FinalizerPatch.Write(entity.Metadata.ResourceVersion, finalizers),
        fieldManager,
        ct);
}
