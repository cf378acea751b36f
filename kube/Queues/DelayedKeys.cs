// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Queues;

/// <summary>Holds keys until their moment; a key has one moment, the earliest that was asked for, and the highest priority.</summary>
internal sealed class DelayedKeys<TKey> : IDisposable
    where TKey : struct
{
    /// <summary>A timer's longest time; when it is shorter than the delay the timer is set again.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<TKey, WorkPriority> _ready;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Dictionary<TKey, (TimeSpan Moment, WorkPriority Priority)> _waiting = [];
    private readonly PriorityQueue<TKey, TimeSpan> _heap = new();

    public DelayedKeys(TimeProvider time, Action<TKey, WorkPriority> ready)
    {
        (_time, _ready) = (time, ready);
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((DelayedKeys<TKey>)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(TKey key, TimeSpan delay, WorkPriority priority)
    {
        lock (_lock)
        {
            TimeSpan moment = _time.GetElapsedTime(_start) + delay;
            bool isKnown = _waiting.TryGetValue(key, out (TimeSpan Moment, WorkPriority Priority) known);
            if (isKnown && known.Priority > priority) priority = known.Priority;
            if (isKnown && known.Moment <= moment)
            {
                _waiting[key] = (known.Moment, priority);
                return;
            }

            // A later entry of the same key stays in the heap and is skipped when it comes up.
            _waiting[key] = (moment, priority);
            _heap.Enqueue(key, moment);
            SetTimer();
        }
    }

    /// <summary>Lets go of a key that is worked on sooner; gives the priority it waited with.</summary>
    public WorkPriority? Remove(TKey key)
    {
        lock (_lock) return _waiting.Remove(key, out (TimeSpan Moment, WorkPriority Priority) known) ? known.Priority : null;
    }

    public void Clear()
    {
        lock (_lock)
        {
            _waiting.Clear();
            _heap.Clear();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        var due = new List<(TKey Key, WorkPriority Priority)>();
        lock (_lock)
        {
            TimeSpan now = _time.GetElapsedTime(_start);
            while (_heap.TryPeek(out TKey key, out TimeSpan moment) && (IsStale(key, moment) || moment <= now))
            {
                _heap.Dequeue();
                if (IsStale(key, moment)) continue;
                due.Add((key, _waiting[key].Priority));
                _waiting.Remove(key);
            }

            SetTimer();
        }

        foreach ((TKey key, WorkPriority priority) in due) _ready(key, priority);
    }

    private bool IsStale(TKey key, TimeSpan moment) =>
        !_waiting.TryGetValue(key, out (TimeSpan Moment, WorkPriority Priority) valid) || valid.Moment != moment;

    private void SetTimer()
    {
        if (!_heap.TryPeek(out _, out TimeSpan moment)) return;
        TimeSpan wait = moment - _time.GetElapsedTime(_start);
        // Timers count whole milliseconds; rounding down would fire once too early and spin.
        wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds)));
        _timer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
