// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>
/// Objects of one kind by the values of their selectable fields: ten thousand agents that each list or watch what is theirs must not read
/// ten thousand objects each. Used under the store's gate only.
/// </summary>
internal sealed class FieldIndex(SelectableFields fields)
{
    private readonly Dictionary<(string Path, string Value), Dictionary<string, StoredObject>> _buckets = [];

    public void Add(StoredObject item)
    {
        foreach (string path in fields.Paths)
        {
            (string, string) place = (path, item.Field(path));
            if (!_buckets.TryGetValue(place, out Dictionary<string, StoredObject>? bucket))
                _buckets[place] = bucket = new(1, StringComparer.Ordinal);
            bucket[item.Key] = item;
        }
    }

    public void Remove(StoredObject item)
    {
        foreach (string path in fields.Paths)
        {
            (string, string) place = (path, item.Field(path));
            if (_buckets.TryGetValue(place, out Dictionary<string, StoredObject>? bucket) && bucket.Remove(item.Key) && bucket.Count == 0)
                _buckets.Remove(place);
        }
    }

    /// <summary>The objects with this value, in the order of their keys; null when the field is not indexed.</summary>
    public IReadOnlyList<StoredObject>? Find((string Path, string Value) only)
    {
        if (fields.IndexOf(only.Path) < 0)
            return null;
        return _buckets.TryGetValue(only, out Dictionary<string, StoredObject>? bucket) ? [.. bucket.Values.OrderBy(item => item.Key, StringComparer.Ordinal)] : [];
    }
}
