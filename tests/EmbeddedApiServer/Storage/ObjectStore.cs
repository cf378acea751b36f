// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>
/// All objects in memory, one counter of revisions for all kinds. Writers hold <see cref="Gate"/> from the read to the write, so a
/// read-modify-write is one step; readers get frozen objects.
/// </summary>
internal sealed class ObjectStore(int windowCapacity)
{
    private const long FirstRevision = 100; // version 1 is always too old, as on a server that has lived
    private readonly Dictionary<string, SortedDictionary<string, StoredObject>> _kinds = [];
    private readonly Dictionary<string, EventWindow> _windows = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Lock Gate { get; } = new();

    public long Revision { get; private set; } = FirstRevision;

    /// <summary>Completes at the next change after the call.</summary>
    public Task NextChange
    {
        get
        {
            lock (Gate)
                return _changed.Task;
        }
    }

    public StoredObject? Find(string storage, string @namespace, string name)
    {
        lock (Gate)
            return _kinds.TryGetValue(storage, out var kind) ? kind.GetValueOrDefault(StoredObject.KeyOf(@namespace, name)) : null;
    }

    /// <summary>Everything of one kind now, ordered by key, with the revision at which this is true.</summary>
    public (IReadOnlyList<StoredObject> Items, long Revision) List(string storage, string @namespace)
    {
        lock (Gate)
            return ([.. KindOf(storage).Values.Where(item => InNamespace(item, @namespace))], Revision);
    }

    /// <summary>As <see cref="List"/>, at an earlier revision, by undoing the window; null when the window does not reach back.</summary>
    public IReadOnlyList<StoredObject>? ListAt(string storage, string @namespace, long revision)
    {
        lock (Gate)
        {
            EventWindow window = WindowOf(storage);
            if (revision < window.Start || revision > Revision)
                return null;
            var past = new SortedDictionary<string, StoredObject>(KindOf(storage), StringComparer.Ordinal);
            foreach (StoreEvent change in window.Events.Reverse().Where(change => change.Revision > revision))
            {
                if (change.Before is null)
                    past.Remove(change.Latest.Key);
                else
                    past[change.Before.Key] = change.Before;
            }

            return [.. past.Values.Where(item => InNamespace(item, @namespace))];
        }
    }

    /// <summary>The changes of one kind after a revision; null when the window does not reach back.</summary>
    public IReadOnlyList<StoreEvent>? ChangesAfter(string storage, long revision)
    {
        lock (Gate)
        {
            EventWindow window = WindowOf(storage);
            return revision < window.Start ? null : [.. window.Events.SkipWhile(change => change.Revision <= revision)];
        }
    }

    public long OldestRevision(string storage)
    {
        lock (Gate)
            return WindowOf(storage).Start;
    }

    public IReadOnlyList<string> Storages
    {
        get
        {
            lock (Gate)
                return [.. _kinds.Keys];
        }
    }

    /// <summary>Writes and gives the object its new resourceVersion.</summary>
    public StoredObject Put(string storage, JsonObject body)
    {
        lock (Gate)
        {
            long revision = ++Revision;
            body.Metadata()["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
            var written = new StoredObject(body, revision);
            SortedDictionary<string, StoredObject> kind = KindOf(storage);
            StoredObject? before = kind.GetValueOrDefault(written.Key);
            EventWindow window = WindowOf(storage);
            kind[written.Key] = written;
            Announce(window, new StoreEvent(revision, storage, before, written, written));
            return written;
        }
    }

    /// <summary>Removes; the event carries the last state with the revision of the deletion.</summary>
    public void Remove(string storage, StoredObject item)
    {
        lock (Gate)
        {
            if (!KindOf(storage).Remove(item.Key))
                return;
            long revision = ++Revision;
            JsonObject last = item.Thaw();
            last.Metadata()["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
            Announce(WindowOf(storage), new StoreEvent(revision, storage, item, null, new StoredObject(last, revision)));
        }
    }

    /// <summary>Makes a kind known, so that watches can start at this revision.</summary>
    public void Open(string storage)
    {
        lock (Gate)
        {
            KindOf(storage);
            WindowOf(storage);
        }
    }

    public void Compact()
    {
        lock (Gate)
        {
            foreach (EventWindow window in _windows.Values)
                window.Compact(Revision);
        }
    }

    private void Announce(EventWindow window, StoreEvent change)
    {
        window.Add(change);
        TaskCompletionSource waiting = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.SetResult();
    }

    private SortedDictionary<string, StoredObject> KindOf(string storage)
    {
        if (!_kinds.TryGetValue(storage, out SortedDictionary<string, StoredObject>? kind))
            _kinds[storage] = kind = new(StringComparer.Ordinal);
        return kind;
    }

    private EventWindow WindowOf(string storage)
    {
        if (!_windows.TryGetValue(storage, out EventWindow? window))
            _windows[storage] = window = new(Revision, windowCapacity);
        return window;
    }

    private static bool InNamespace(StoredObject item, string @namespace) => @namespace.Length == 0 || item.Namespace == @namespace;
}
