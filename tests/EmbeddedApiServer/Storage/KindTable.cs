// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>The objects of one kind in the order of their keys, their past and who listens. Used under the store's gate only.</summary>
internal sealed class KindTable(EventWindow window)
{
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private StoredObject[]? _snapshot;

    public EventWindow Window => window;

    public WatchHub Watches { get; } = new();

    public HashSet<ChangeSignal> Signals { get; } = [];

    public SelectableFields Fields { get; set; } = SelectableFields.None;

    /// <summary>Made again only after a change; readers keep it without a lock.</summary>
    public IReadOnlyList<StoredObject> Snapshot => _snapshot ??= [.. _objects.Values];

    public StoredObject? Find(string key) => _objects.GetValueOrDefault(key);

    public void Set(StoredObject item)
    {
        _objects[item.Key] = item;
        _snapshot = null;
    }

    public bool Remove(string key)
    {
        _snapshot = null;
        return _objects.Remove(key);
    }

    public void Announce(StoreEvent change)
    {
        window.Add(change);
        Watches.Publish(change);
        foreach (ChangeSignal signal in Signals)
            signal.Set();
    }

    /// <summary>The objects as of an earlier revision that the window still knows.</summary>
    public IReadOnlyList<StoredObject> At(long revision)
    {
        if (window.Newest <= revision)
            return Snapshot;
        var past = new SortedDictionary<string, StoredObject>(_objects, StringComparer.Ordinal);
        foreach (StoreEvent change in window.Events.Reverse().Where(change => change.Revision > revision))
        {
            if (change.Before is null)
                past.Remove(change.Latest.Key);
            else
                past[change.Before.Key] = change.Before;
        }

        return [.. past.Values];
    }
}
