// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Informers.Trim;

/// <summary>
/// Lets equal texts of many objects be one. Bounded, so that a cluster full of different texts cannot fill it: those simply stay
/// their own. Not safe for two threads.
/// </summary>
internal sealed class StringPool
{
    private const int MaxTexts = 4096;
    private const int MaxLength = 128;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    public string? Share(string? text)
    {
        if (text is null || text.Length > MaxLength) return text;
        if (_texts.TryGetValue(text, out string? known)) return known;
        if (_texts.Count < MaxTexts) _texts.Add(text);
        return text;
    }

    /// <summary>The same entries with shared texts, in two arrays instead of a hash table: labels are few and rarely asked for.</summary>
    /// <param name="map">Labels, say.</param>
    /// <param name="own">A text that only this object has and that may stand in the map again: its name.</param>
    public IReadOnlyDictionary<string, string>? Share(IReadOnlyDictionary<string, string>? map, string? own)
    {
        if (map is null || map.Count == 0) return null;
        var small = new SortedList<string, string>(map.Count, StringComparer.Ordinal);
        foreach ((string key, string value) in map) small[Share(key)!] = value == own ? own : Share(value)!;
        return small;
    }
}
