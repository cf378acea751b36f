// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>
/// Keeps a copy of a resource's objects and tells handlers what changed. Handlers are called one after the other on the
/// thread that reads the watch, after the store has changed: they must be short, usually just an Add to a queue.
/// </summary>
/// <typeparam name="T">Type of the objects.</typeparam>
public sealed class Informer<T> : IInformer, IReflectorSink<T>
    where T : class, IKubernetesObject
{
    private readonly Reflector<T> _reflector;
    private readonly InformerOptions<T> _options;
    private readonly TimeProvider _time;
    private readonly List<Action<ObjectChange<T>>> _handlers = [];
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;

    /// <summary>Prepares; <see cref="RunAsync"/> starts.</summary>
    public Informer(IKubernetesClient client, ResourceType<T> type, InformerOptions<T> options, TimeProvider time)
    {
        (Type, _options, _time) = (type, options, time);
        Store = new ObjectStore<T>(options.Indexes);
        _reflector = new Reflector<T>(client, type, options, this, time);
    }

    public ResourceType<T> Type { get; }

    /// <summary>The cached objects; empty until the first list.</summary>
    public ObjectStore<T> Store { get; }

    /// <inheritdoc/>
    public string Name => Type.Plural;

    /// <inheritdoc/>
    public bool HasSynced => _synced.Task.IsCompleted;

    /// <summary>Adds a handler; only before <see cref="RunAsync"/>, so that none misses the first list.</summary>
    public void AddHandler(Action<ObjectChange<T>> handler)
    {
        if (Volatile.Read(ref _started) != 0) throw new InvalidOperationException("The informer runs already.");
        _handlers.Add(handler);
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0) throw new InvalidOperationException("The informer runs already.");
        return _reflector.RunAsync(ct);
    }

    /// <inheritdoc/>
    public async Task<bool> WaitForSyncAsync(TimeSpan limit, CancellationToken ct)
    {
        try
        {
            await _synced.Task.WaitAsync(limit, _time, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    void IReflectorSink<T>.Replace(Snapshot<T> all)
    {
        var vanished = new HashSet<ObjectKey>(Store.Keys());
        // What exists and cannot be read keeps the state that was read last: it is not gone.
        vanished.ExceptWith(all.Unreadable);
        foreach ((ObjectKey key, T item) in all.Items)
        {
            Put(key, item);
            vanished.Remove(key);
        }

        foreach (ObjectKey key in vanished) Drop(key, lastState: null);
        _synced.TrySetResult();
    }

    void IReflectorSink<T>.Set(ObjectKey key, T item) => Put(key, item);

    void IReflectorSink<T>.Remove(ObjectKey key, T? lastState) => Drop(key, lastState);

    private void Put(ObjectKey key, T item)
    {
        T? old = Store.Set(key, item);
        if (old is null)
        {
            Tell(new ObjectChange<T> { Key = key, New = item });
        }
        else if (old.Metadata.Uid != item.Metadata.Uid)
        {
            // Deleted and made again while we did not look: whoever keeps something for the old one has to let go of it.
            Tell(new ObjectChange<T> { Key = key, Old = old, FinalStateUnknown = true });
            Tell(new ObjectChange<T> { Key = key, New = item });
        }
        else if (old.Metadata.ResourceVersion is null || old.Metadata.ResourceVersion != item.Metadata.ResourceVersion)
        {
            Tell(new ObjectChange<T> { Key = key, Old = old, New = item });
        }
    }

    private void Drop(ObjectKey key, T? lastState)
    {
        T? old = Store.Remove(key);
        if (old is not null) Tell(new ObjectChange<T> { Key = key, Old = lastState ?? old, FinalStateUnknown = lastState is null });
    }

    private void Tell(ObjectChange<T> change)
    {
        foreach (Action<ObjectChange<T>> handler in _handlers)
        {
            try
            {
                handler(change);
            }
            catch (Exception e)
            {
                // One handler's bug must not stop the cache that the others live on.
                _options.Log?.Invoke(KubeLogLevel.Error, $"{Name}: a handler failed on {change.Key}", e);
            }
        }
    }
}
