// SPDX-License-Identifier: Apache-2.0

using System.Threading.Channels;

namespace KubeWgDiag.Kube.Queues;

/// <summary>
/// Keys that wait for work. A key is there at most once, is never worked on twice at a time, and one that is added while it
/// is worked on comes back afterwards. So the queue is never longer than there are keys.
/// </summary>
/// <typeparam name="TKey">What names a piece of work.</typeparam>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : struct
{
    private readonly Lock _lock = new();
    private readonly HashSet<TKey> _dirty = [];
    private readonly HashSet<TKey> _processing = [];
    private readonly Channel<TKey> _order = Channel.CreateUnbounded<TKey>();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DelayedKeys<TKey> _delayed;
    private readonly RetryDelays<TKey> _retries;
    private int _queued;
    private bool _shuttingDown;

    public WorkQueue(TimeProvider time, WorkQueueOptions? options = null)
    {
        _delayed = new DelayedKeys<TKey>(time, Add);
        _retries = new RetryDelays<TKey>(time, options ?? new WorkQueueOptions());
    }

    /// <summary>Keys that wait, without those that are worked on or delayed.</summary>
    public int Depth
    {
        get
        {
            lock (_lock) return _queued;
        }
    }

    /// <summary>Ends when the queue was shut down, is empty, and nothing is worked on.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Asks for work on a key.</summary>
    public void Add(TKey key)
    {
        lock (_lock)
        {
            if (_shuttingDown || !_dirty.Add(key)) return;
            if (!_processing.Contains(key)) Append(key);
        }
    }

    /// <summary>Asks for work later. Of two delays of one key the earlier moment counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        lock (_lock)
        {
            if (_shuttingDown) return;
        }

        if (delay <= TimeSpan.Zero) Add(key);
        else _delayed.Add(key, delay);
    }

    /// <summary>Asks for work after a failure: the later of the key's own wait and the wait that all share.</summary>
    public void AddRateLimited(TKey key) => AddAfter(key, _retries.Next(key));

    /// <summary>The key succeeded: its next failure waits shortly again.</summary>
    public void Forget(TKey key) => _retries.Forget(key);

    /// <summary>Waits for a key; <see cref="Done"/> must follow. Null when the queue was shut down and is drained.</summary>
    public async ValueTask<TKey?> TakeAsync(CancellationToken ct)
    {
        while (await _order.Reader.WaitToReadAsync(ct))
        {
            lock (_lock)
            {
                if (!_order.Reader.TryRead(out TKey key)) continue;
                _queued--;
                _processing.Add(key);
                _dirty.Remove(key);
                return key;
            }
        }

        return null;
    }

    /// <summary>The work on a key ended, well or not.</summary>
    public void Done(TKey key)
    {
        lock (_lock)
        {
            if (!_processing.Remove(key)) return;
            if (_dirty.Contains(key)) Append(key);
            CompleteWhenDrained();
        }
    }

    /// <summary>Ignores further keys and drops delayed ones; keys that wait already are still handed out.</summary>
    public void ShutDown()
    {
        lock (_lock)
        {
            _shuttingDown = true;
            CompleteWhenDrained();
        }

        _delayed.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _delayed.Dispose();

    private void Append(TKey key)
    {
        _queued++;
        _order.Writer.TryWrite(key);
    }

    private void CompleteWhenDrained()
    {
        if (!_shuttingDown || _queued > 0 || _processing.Count > 0) return;
        _order.Writer.TryComplete();
        _drained.TrySetResult();
    }
}
