// SPDX-License-Identifier: Apache-2.0

using System.Threading.Channels;

namespace KubeWgDiag.Kube.Queues;

/// <summary>The keys that are ready, in the order of their priority and then of their arrival. Only for use under the queue's lock, but for the waiting.</summary>
internal sealed class WaitingKeys<TKey>
    where TKey : struct
{
    private readonly Dictionary<TKey, (WorkPriority Priority, long Number)> _places = [];
    private readonly PriorityQueue<TKey, (int Rank, long Number)> _order = new();

    /// <summary>One signal for each key, so that takers sleep without a lock.</summary>
    private readonly Channel<bool> _signals = Channel.CreateUnbounded<bool>();
    private long _number;

    public int Count => _places.Count;

    /// <summary>Puts a key that is not here yet.</summary>
    public void Append(TKey key, WorkPriority priority)
    {
        Place(key, priority);
        _signals.Writer.TryWrite(true);
    }

    /// <summary>Lets a key that waits here overtake, if that is more than it had; it takes its place behind its new equals.</summary>
    public void Raise(TKey key, WorkPriority priority)
    {
        if (_places.TryGetValue(key, out (WorkPriority Priority, long Number) place) && place.Priority < priority) Place(key, priority);
    }

    /// <summary>Waits for a key; false when there will be none.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken ct) => _signals.Reader.WaitToReadAsync(ct);

    public bool TryTake(out TKey key)
    {
        key = default;
        if (!_signals.Reader.TryRead(out _)) return false;
        // Places that a key left when it was raised are passed over.
        while (_order.TryDequeue(out key, out (int Rank, long Number) order))
        {
            if (!_places.TryGetValue(key, out (WorkPriority Priority, long Number) place) || place.Number != order.Number) continue;
            _places.Remove(key);
            return true;
        }

        return false;
    }

    /// <summary>No key will come any more.</summary>
    public void Complete() => _signals.Writer.TryComplete();

    private void Place(TKey key, WorkPriority priority)
    {
        _places[key] = (priority, ++_number);
        _order.Enqueue(key, (-(int)priority, _number));
    }
}
