// SPDX-License-Identifier: Apache-2.0

using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace KubeWgDiag.Operator.Intake.Sharing;

/// <summary>A dictionary that owns its values only; the names are in a table that many share. In the order in which it was read.</summary>
internal sealed class KeyedValues<TValue>(KeyTable table, TValue[] values) : IReadOnlyDictionary<string, TValue>
{
    public int Count => values.Length;

    public IEnumerable<string> Keys => table.Names;

    public IEnumerable<TValue> Values => values;

    public TValue this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException();

    public bool ContainsKey(string key) => table.PlaceOf(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value)
    {
        var place = table.PlaceOf(key);
        value = place >= 0 ? values[place] : default;
        return place >= 0;
    }

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator()
    {
        for (var i = 0; i < values.Length; i++)
            yield return new(table.Names[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
