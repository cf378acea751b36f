// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>
/// All objects in memory, one counter of revisions for all kinds. Writers hold <see cref="Gate"/> from the read to the write, so a
/// read-modify-write is one step; readers get frozen objects.
/// </summary>
/// <param name="windowCapacity">Changes kept per kind.</param>
/// <param name="windowBytes">Bytes of replaced and deleted versions kept per kind.</param>
internal sealed class ObjectStore(int windowCapacity, long windowBytes)
{
    private const long FirstRevision = 100; // version 1 is always too old, as on a server that has lived
    private const int ShortestQueue = 100;
    private readonly Dictionary<string, KindTable> _kinds = new(StringComparer.Ordinal);
    private readonly List<Action<StoreEvent>> _listeners = [];

    public Lock Gate { get; } = new();

    public long Revision { get; private set; } = FirstRevision;

    public StoredObject? Find(string storage, string @namespace, string name)
    {
        lock (Gate)
            return _kinds.TryGetValue(storage, out KindTable? kind) ? kind.Find(StoredObject.KeyOf(@namespace, name)) : null;
    }

    /// <summary>Everything of one kind now, ordered by key, with the revision at which this is true.</summary>
    /// <param name="only">What the caller will select anyway, for the index; objects without it may be among the items.</param>
    public (IReadOnlyList<StoredObject> Items, long Revision) List(string storage, string @namespace, (string Path, string Value)? only = null)
    {
        lock (Gate)
            return (InNamespace(KindOf(storage).Having(only), @namespace), Revision);
    }

    /// <summary>As <see cref="List"/>, at an earlier revision, by undoing the window; null when the window does not reach back.</summary>
    public IReadOnlyList<StoredObject>? ListAt(string storage, string @namespace, long revision)
    {
        lock (Gate)
        {
            KindTable kind = KindOf(storage);
            return revision < kind.Window.Start || revision > Revision ? null : InNamespace(kind.At(revision), @namespace);
        }
    }

    /// <summary>Starts a watch: what happened since a revision (null: the window does not reach back), and from now on every change.</summary>
    /// <param name="from">Null: the watch begins with all objects as they are.</param>
    public WatchStart Watch(string storage, string @namespace, long? from, (string Path, string Value)? only)
    {
        lock (Gate)
        {
            KindTable kind = KindOf(storage);
            var subscription = new Subscription(Math.Max(windowCapacity, ShortestQueue), only);
            if (from < kind.Window.Start)
                return new WatchStart(subscription, [], null, Revision, kind.Window.Start);
            kind.Watches.Add(subscription);
            return from is { } revision
                ? new WatchStart(subscription, [], revision >= kind.Window.Newest ? [] : [.. kind.Window.Events.SkipWhile(change => change.Revision <= revision)], Revision, kind.Window.Start)
                : new WatchStart(subscription, InNamespace(kind.Having(only), @namespace), [], Revision, kind.Window.Start);
        }
    }

    public void EndWatch(string storage, Subscription subscription)
    {
        lock (Gate)
            KindOf(storage).Watches.Remove(subscription);
    }

    /// <summary>Watches that are open now.</summary>
    public int OpenWatches
    {
        get
        {
            lock (Gate)
                return _kinds.Values.Sum(kind => kind.Watches.Count);
        }
    }

    /// <summary>The revision up to which a watch has read everything; null while something waits for it.</summary>
    public long? ReadUpTo(Subscription subscription)
    {
        lock (Gate)
            return subscription.IsEmpty ? Revision : null;
    }

    /// <summary>Told of every change while the gate is held; has to be quick.</summary>
    public void Listen(Action<StoreEvent> listener)
    {
        lock (Gate)
            _listeners.Add(listener);
    }

    /// <summary>A signal for changes of these kinds.</summary>
    public ChangeSignal Signal(params IReadOnlyList<string> storages)
    {
        var signal = new ChangeSignal();
        lock (Gate)
        {
            foreach (string storage in storages)
                KindOf(storage).Signals.Add(signal);
        }

        return signal;
    }

    public IReadOnlyList<string> Storages
    {
        get
        {
            lock (Gate)
                return [.. _kinds.Keys];
        }
    }

    /// <summary>Writes and gives the object its new resourceVersion. The body belongs to the store from now on.</summary>
    public StoredObject Put(string storage, JsonObject body)
    {
        lock (Gate)
        {
            KindTable kind = KindOf(storage);
            long revision = ++Revision;
            body.Metadata()["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
            var written = new StoredObject(body, revision, kind.Fields);
            StoredObject? before = kind.Find(written.Key);
            kind.Set(written);
            Announce(kind, new StoreEvent(revision, storage, before, written, written));
            return written;
        }
    }

    /// <summary>Removes; the event carries the last state with the revision of the deletion.</summary>
    public void Remove(string storage, StoredObject item)
    {
        lock (Gate)
        {
            KindTable kind = KindOf(storage);
            if (!kind.Remove(item.Key))
                return;
            long revision = ++Revision;
            JsonObject last = item.Thaw();
            last.Metadata()["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
            Announce(kind, new StoreEvent(revision, storage, item, null, new StoredObject(last, revision, kind.Fields)));
        }
    }

    /// <summary>Makes a kind known, so that watches can start at this revision.</summary>
    /// <param name="fields">What field selectors may name, in stored form.</param>
    public void Open(string storage, IEnumerable<string> fields)
    {
        lock (Gate)
            KindOf(storage).SetFields(new SelectableFields(fields));
    }

    public void Compact()
    {
        lock (Gate)
        {
            foreach (KindTable kind in _kinds.Values)
                kind.Window.Compact(Revision);
        }
    }

    public void ExpireWatches()
    {
        lock (Gate)
        {
            foreach (KindTable kind in _kinds.Values)
                kind.Watches.ExpireAll();
        }
    }

    private void Announce(KindTable kind, StoreEvent change)
    {
        kind.Announce(change);
        foreach (Action<StoreEvent> listener in _listeners)
            listener(change);
    }

    private KindTable KindOf(string storage)
    {
        if (!_kinds.TryGetValue(storage, out KindTable? kind))
            _kinds[storage] = kind = new(new EventWindow(Revision, windowCapacity, windowBytes));
        return kind;
    }

    private static IReadOnlyList<StoredObject> InNamespace(IReadOnlyList<StoredObject> items, string @namespace) =>
        @namespace.Length == 0 ? items : [.. items.Where(item => item.Namespace == @namespace)];
}
