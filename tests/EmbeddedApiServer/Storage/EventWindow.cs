// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>The last changes of one kind of object, bounded in number and in bytes. What fell out cannot be watched from any more.</summary>
/// <param name="maxBytes">Counted over the versions that only the window keeps alive: what was replaced or deleted.</param>
internal sealed class EventWindow(long start, int capacity, long maxBytes)
{
    private readonly Queue<StoreEvent> _events = new();
    private long _bytes;

    /// <summary>The oldest revision from which a watch can still be continued.</summary>
    public long Start { get; private set; } = start;

    /// <summary>The newest change; zero when there was none.</summary>
    public long Newest { get; private set; }

    public IEnumerable<StoreEvent> Events => _events;

    public void Add(StoreEvent change)
    {
        _events.Enqueue(change);
        Newest = change.Revision;
        _bytes += Weight(change);
        while (_events.Count > capacity || (_bytes > maxBytes && _events.Count > 1))
            Start = Drop().Revision;
    }

    /// <summary>Forgets everything up to a revision, as a compaction does.</summary>
    public void Compact(long revision)
    {
        while (_events.TryPeek(out StoreEvent? oldest) && oldest.Revision <= revision)
            Drop();
        Start = Math.Max(Start, revision);
    }

    private static long Weight(StoreEvent change) => (change.Before?.Size ?? 0) + (change.After is null ? change.Latest.Size : 0);

    private StoreEvent Drop()
    {
        StoreEvent oldest = _events.Dequeue();
        _bytes -= Weight(oldest);
        return oldest;
    }
}
