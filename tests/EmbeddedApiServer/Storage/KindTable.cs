// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>The objects of one kind in the order of their keys, their past and who listens. Used under the store's gate only.</summary>
internal sealed class KindTable(EventWindow window)
{
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private FieldIndex _index = new(SelectableFields.None);
    private StoredObject[]? _snapshot;

    public EventWindow Window => window;

    public WatchHub Watches { get; } = new();

    public HashSet<ChangeSignal> Signals { get; } = [];

    public SelectableFields Fields { get; private set; } = SelectableFields.None;

    /// <summary>Made again only after a change; readers keep it without a lock.</summary>
    public IReadOnlyList<StoredObject> Snapshot => _snapshot ??= [.. _objects.Values];

    public StoredObject? Find(string key) => _objects.GetValueOrDefault(key);

    /// <summary>At least all objects with this value in this field; all there are when it is not indexed.</summary>
    public IReadOnlyList<StoredObject> Having((string Path, string Value)? only) => (only is { } wanted ? _index.Find(wanted) : null) ?? Snapshot;

    /// <summary>From now on these fields are indexed.</summary>
    public void SetFields(SelectableFields fields)
    {
        Fields = fields;
        _index = new FieldIndex(fields);
        foreach (StoredObject item in _objects.Values)
            _index.Add(item);
    }

    public void Set(StoredObject item)
    {
        if (Find(item.Key) is { } before)
        {
            _index.Remove(before);
            before.Retire();
        }

        _objects[item.Key] = item;
        _index.Add(item);
        _snapshot = null;
    }

    public bool Remove(string key)
    {
        if (Find(key) is not { } item)
            return false;
        _objects.Remove(key);
        _index.Remove(item);
        item.Retire();
        _snapshot = null;
        return true;
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
