// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>
/// The cached objects, by key and by index. Everybody may read at any time; only the informer writes. What is read is shared:
/// nobody may change it, and it may be behind the server, also behind one's own writes.
/// </summary>
/// <typeparam name="T">Type of the objects.</typeparam>
public sealed class ObjectStore<T>
    where T : class, IKubernetesObject
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, T> _items = [];
    private readonly Dictionary<string, ObjectIndex<T>> _indexes = [];

    internal ObjectStore(IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> indexes)
    {
        foreach ((string name, Func<T, IEnumerable<string>> valuesOf) in indexes) _indexes.Add(name, new ObjectIndex<T>(valuesOf));
    }

    /// <summary>Adds an index; what the store holds already is indexed at once.</summary>
    /// <param name="name">Not used by another index.</param>
    /// <param name="valuesOf">Values under which an object is found; pure and quick, it is called under the store's lock.</param>
    /// <exception cref="ArgumentException">There is an index of this name.</exception>
    public void AddIndex(string name, Func<T, IEnumerable<string>> valuesOf)
    {
        lock (_lock)
        {
            if (_indexes.ContainsKey(name)) throw new ArgumentException($"There is an index {name} already.", nameof(name));
            var index = new ObjectIndex<T>(valuesOf);
            foreach ((ObjectKey key, T item) in _items) index.Update(key, null, item);
            _indexes.Add(name, index);
        }
    }

    public int Count
    {
        get
        {
            lock (_lock) return _items.Count;
        }
    }

    public T? Get(ObjectKey key)
    {
        lock (_lock) return _items.GetValueOrDefault(key);
    }

    /// <summary>All objects at this moment, in no order.</summary>
    public IReadOnlyList<T> List()
    {
        lock (_lock) return [.. _items.Values];
    }

    /// <summary>The objects that an index lists under a value.</summary>
    /// <exception cref="KeyNotFoundException">There is no such index.</exception>
    public IReadOnlyList<T> ByIndex(string index, string value)
    {
        lock (_lock)
        {
            var found = new List<T>();
            foreach (ObjectKey key in _indexes[index].Find(value)) found.Add(_items[key]);
            return found;
        }
    }

    internal IReadOnlyList<ObjectKey> Keys()
    {
        lock (_lock) return [.. _items.Keys];
    }

    /// <summary>Puts an object; returns what stood there.</summary>
    internal T? Set(ObjectKey key, T item)
    {
        lock (_lock)
        {
            T? old = _items.GetValueOrDefault(key);
            _items[key] = item;
            foreach (ObjectIndex<T> index in _indexes.Values) index.Update(key, old, item);
            return old;
        }
    }

    /// <summary>Removes an object; returns what stood there.</summary>
    internal T? Remove(ObjectKey key)
    {
        lock (_lock)
        {
            if (!_items.Remove(key, out T? old)) return null;
            foreach (ObjectIndex<T> index in _indexes.Values) index.Update(key, old, null);
            return old;
        }
    }
}
