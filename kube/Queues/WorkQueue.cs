// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Queues;

/// <summary>
/// Keys that wait for work. A key is there at most once, is never worked on twice at a time, and one that is added while it
/// is worked on comes back afterwards. So the queue is never longer than there are keys. Of several requests for one key the
/// highest priority and the smallest delay count.
/// </summary>
/// <typeparam name="TKey">What names a piece of work.</typeparam>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : struct
{
    private readonly Lock _lock = new();

    /// <summary>Keys that want work, with the highest priority that was asked for.</summary>
    private readonly Dictionary<TKey, WorkPriority> _dirty = [];
    private readonly HashSet<TKey> _processing = [];
    private readonly WaitingKeys<TKey> _waiting = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DelayedKeys<TKey> _delayed;
    private readonly RetryDelays<TKey> _retries;
    private readonly QueueRecorder<TKey>? _recorder;
    private bool _shuttingDown;

    /// <summary>An empty queue.</summary>
    /// <param name="time">Clock of delays and metrics.</param>
    /// <param name="options">How fast failed keys come back.</param>
    /// <param name="name">Label of its metrics.</param>
    /// <param name="metrics">Where it counts; null = nowhere.</param>
    public WorkQueue(TimeProvider time, WorkQueueOptions? options = null, string name = "", QueueMetrics? metrics = null)
    {
        _delayed = new DelayedKeys<TKey>(time, Add);
        _retries = new RetryDelays<TKey>(time, options ?? new WorkQueueOptions());
        if (metrics is null) return;
        _recorder = new QueueRecorder<TKey>(metrics, name, time);
        metrics.Register(name, () => Depth, _recorder.Unfinished);
    }

    /// <summary>Keys that wait, without those that are worked on or delayed.</summary>
    public int Depth
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>Ends when the queue was shut down, is empty, and nothing is worked on.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Asks for work on a key.</summary>
    public void Add(TKey key) => Add(key, WorkPriority.Normal);

    /// <summary>Asks for work on a key.</summary>
    public void Add(TKey key, WorkPriority priority)
    {
        lock (_lock)
        {
            if (_shuttingDown) return;
            if (_delayed.Remove(key) is { } known && known > priority) priority = known;
            if (_dirty.TryGetValue(key, out WorkPriority asked))
            {
                if (asked >= priority) return;
                _dirty[key] = priority;
                _waiting.Raise(key, priority);
                return;
            }

            _dirty.Add(key, priority);
            _recorder?.Added(key);
            if (!_processing.Contains(key)) _waiting.Append(key, priority);
        }
    }

    /// <summary>Asks for work later. Of two delays of one key the earlier moment counts, and a key that waits already comes before any delay.</summary>
    public void AddAfter(TKey key, TimeSpan delay, WorkPriority priority = WorkPriority.Normal)
    {
        lock (_lock)
        {
            if (_shuttingDown) return;
            if (delay > TimeSpan.Zero && !_dirty.ContainsKey(key))
            {
                _delayed.Add(key, delay, priority);
                return;
            }
        }

        Add(key, priority);
    }

    /// <summary>Asks for work after a failure: the later of the key's own wait and the wait that all share.</summary>
    public void AddRateLimited(TKey key)
    {
        _recorder?.Retried();
        AddAfter(key, _retries.Next(key));
    }

    /// <summary>The key succeeded: its next failure waits shortly again.</summary>
    public void Forget(TKey key) => _retries.Forget(key);

    /// <summary>Waits for a key; <see cref="Done"/> must follow. Null when the queue was shut down and is drained.</summary>
    public async ValueTask<TKey?> TakeAsync(CancellationToken ct)
    {
        while (await _waiting.WaitAsync(ct))
        {
            lock (_lock)
            {
                if (!_waiting.TryTake(out TKey key)) continue;
                _processing.Add(key);
                _dirty.Remove(key);
                _recorder?.Taken(key);
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
            _recorder?.Done(key);
            if (_dirty.TryGetValue(key, out WorkPriority priority)) _waiting.Append(key, priority);
            CompleteWhenDrained();
        }
    }

    /// <summary>Ignores further keys and drops delayed ones; keys that wait already are still handed out.</summary>
    public void ShutDown()
    {
        lock (_lock)
        {
            _shuttingDown = true;
            _delayed.Clear();
            CompleteWhenDrained();
        }
    }

    /// <summary>Shuts down and waits until what waited and what is worked on is done.</summary>
    public Task ShutDownWithDrainAsync()
    {
        ShutDown();
        return Drained;
    }

    /// <inheritdoc/>
    public void Dispose() => _delayed.Dispose();

    private void CompleteWhenDrained()
    {
        if (!_shuttingDown || _waiting.Count > 0 || _processing.Count > 0) return;
        _waiting.Complete();
        _drained.TrySetResult();
    }
}
