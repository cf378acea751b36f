// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Selection;

/// <summary>A field selector: <c>path=value</c>, <c>path==value</c> or <c>path!=value</c>, joined by commas; only selectable paths.</summary>
internal sealed class FieldSelector
{
    private readonly List<(string Path, string Value, bool Equal)> _terms = [];

    public bool IsEmpty => _terms.Count == 0;

    /// <summary>The first field that must have one value; null when there is none. Watches are indexed by it.</summary>
    public (string Path, string Value)? Only => _terms.Find(term => term.Equal) is { Path: { } path, Value: { } value } ? (path, value) : null;

    public static (FieldSelector? Selector, ApiError? Problem) Parse(string? text, ApiResource resource)
    {
        var selector = new FieldSelector();
        foreach (string term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                return (null, ApiError.BadRequest($"invalid selector: '{text}'; can't understand '{term}'"));
            bool equal = term[at - 1] != '!';
            string path = term[..(equal ? at : at - 1)];
            string value = term[(at + 1)..].TrimStart('=');
            if (!resource.IsSelectable(path))
                return (null, ApiError.BadRequest($"field label not supported: {path}"));
            selector._terms.Add((resource.Rules.StoredPath(path), value, equal));
        }

        return (selector, null);
    }

    public bool Matches(StoredObject item) => _terms.TrueForAll(term => (item.Field(term.Path) == term.Value) == term.Equal);
}
