// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>The last changes of one kind of object, bounded in number and in bytes. What fell out cannot be watched from any more.</summary>
internal sealed class EventWindow(long start, int capacity)
{
    private const long MaxBytes = 32 * 1024 * 1024;
    private readonly Queue<StoreEvent> _events = new();
    private long _bytes;

    /// <summary>The oldest revision from which a watch can still be continued.</summary>
    public long Start { get; private set; } = start;

    public IEnumerable<StoreEvent> Events => _events;

    public void Add(StoreEvent change)
    {
        _events.Enqueue(change);
        _bytes += change.Latest.Size;
        while (_events.Count > capacity || (_bytes > MaxBytes && _events.Count > 1))
            Start = Drop().Revision;
    }

    /// <summary>Forgets everything up to a revision, as a compaction does.</summary>
    public void Compact(long revision)
    {
        while (_events.TryPeek(out StoreEvent? oldest) && oldest.Revision <= revision)
            Drop();
        Start = Math.Max(Start, revision);
    }

    private StoreEvent Drop()
    {
        StoreEvent oldest = _events.Dequeue();
        _bytes -= oldest.Latest.Size;
        return oldest;
    }
}
