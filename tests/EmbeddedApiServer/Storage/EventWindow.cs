// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>The last changes of one kind of object, bounded in number. What fell out cannot be watched from any more.</summary>
internal sealed class EventWindow(long start, int capacity)
{
    private readonly Queue<StoreEvent> _events = new();

    /// <summary>The oldest revision from which a watch can still be continued.</summary>
    public long Start { get; private set; } = start;

    public IEnumerable<StoreEvent> Events => _events;

    public void Add(StoreEvent change)
    {
        _events.Enqueue(change);
        while (_events.Count > capacity)
            Start = _events.Dequeue().Revision;
    }

    /// <summary>Forgets everything up to a revision, as a compaction does.</summary>
    public void Compact(long revision)
    {
        while (_events.TryPeek(out StoreEvent? oldest) && oldest.Revision <= revision)
            _events.Dequeue();
        Start = Math.Max(Start, revision);
    }
}
