// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>One index of a store: value to keys. Guarded by the store's lock.</summary>
internal sealed class ObjectIndex<T>(Func<T, IEnumerable<string>> valuesOf)
    where T : class
{
    private readonly Dictionary<string, HashSet<ObjectKey>> _keys = [];

    public IEnumerable<ObjectKey> Find(string value) => _keys.TryGetValue(value, out HashSet<ObjectKey>? keys) ? keys : [];

    public void Update(ObjectKey key, T? old, T? now)
    {
        if (old is not null)
        {
            foreach (string value in valuesOf(old))
                if (_keys.TryGetValue(value, out HashSet<ObjectKey>? keys) && keys.Remove(key) && keys.Count == 0) _keys.Remove(value);
        }

        if (now is null) return;
        foreach (string value in valuesOf(now))
        {
            if (!_keys.TryGetValue(value, out HashSet<ObjectKey>? keys)) _keys[value] = keys = [];
            keys.Add(key);
        }
    }
}
