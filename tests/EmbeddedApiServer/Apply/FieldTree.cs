// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Apply;

/// <summary>
/// A set of field paths, as a tree. A step is written as in FieldsV1: <c>f:name</c> a field, <c>k:{...}</c> an item by its keys,
/// <c>v:...</c> an item by its value.
/// </summary>
internal sealed class FieldTree
{
    /// <summary>Most steps are leaves, so there is a map only when there are children. In order only when written.</summary>
    private Dictionary<string, FieldTree>? _children;

    private static readonly FieldTree Nothing = new();

    /// <summary>True when the path that ends here is itself in the set.</summary>
    public bool IsMember { get; set; }

    public IEnumerable<KeyValuePair<string, FieldTree>> Children => _children?.OrderBy(pair => pair.Key, StringComparer.Ordinal) ?? Enumerable.Empty<KeyValuePair<string, FieldTree>>();

    public bool IsEmpty => !IsMember && _children is null or { Count: 0 };

    public FieldTree? Child(string step) => _children?.GetValueOrDefault(step);

    public FieldTree Grow(string step)
    {
        _children ??= new(StringComparer.Ordinal);
        if (!_children.TryGetValue(step, out FieldTree? child))
            _children[step] = child = new FieldTree();
        return child;
    }

    public void Graft(string step, FieldTree branch)
    {
        if (!branch.IsEmpty)
            (_children ??= new(StringComparer.Ordinal))[step] = branch;
    }

    public void Cut(string step) => _children?.Remove(step);

    public FieldTree Union(FieldTree? other) => Combine(other, (left, right) => left || right);

    public FieldTree Intersect(FieldTree? other) => Combine(other, (left, right) => left && right);

    public FieldTree Except(FieldTree? other) => Combine(other, (left, right) => left && !right);

    public bool SameAs(FieldTree other) =>
        IsMember == other.IsMember && Count == other.Count
        && (_children is null || _children.All(pair => other.Child(pair.Key) is { } twin && pair.Value.SameAs(twin)));

    /// <summary>The paths that are members, outermost first.</summary>
    public IEnumerable<IReadOnlyList<string>> Members()
    {
        foreach ((string step, FieldTree child) in Children)
        {
            if (child.IsMember)
                yield return [step];
            foreach (IReadOnlyList<string> rest in child.Members())
                yield return [step, .. rest];
        }
    }

    /// <summary>A member without children is <c>{}</c>; a member with children says so with a dot.</summary>
    public JsonObject ToFieldsV1()
    {
        var map = new JsonObject();
        if (IsMember && Count > 0)
            map["."] = new JsonObject();
        foreach ((string step, FieldTree child) in Children)
            map[step] = child.ToFieldsV1();
        return map;
    }

    public static FieldTree FromFieldsV1(JsonObject fields) => Read(fields, isRoot: true);

    private static FieldTree Read(JsonObject fields, bool isRoot)
    {
        var tree = new FieldTree { IsMember = !isRoot && (fields.Count == 0 || fields.ContainsKey(".")) };
        foreach ((string step, JsonNode? value) in fields)
        {
            if (step != "." && value is JsonObject child)
                tree.Graft(step, Read(child, isRoot: false));
        }

        return tree;
    }

    private int Count => _children?.Count ?? 0;

    private FieldTree Combine(FieldTree? other, Func<bool, bool, bool> keep)
    {
        var result = new FieldTree { IsMember = keep(IsMember, other?.IsMember ?? false) };
        if (_children is not null)
        {
            foreach ((string step, FieldTree child) in _children)
                result.Graft(step, child.Combine(other?.Child(step), keep));
        }

        if (other?._children is not null)
        {
            foreach ((string step, FieldTree child) in other._children)
            {
                if (Child(step) is null)
                    result.Graft(step, Nothing.Combine(child, keep));
            }
        }

        return result;
    }
}
