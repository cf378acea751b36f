// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>
/// One version of one object, kept as the bytes that go out on the wire. Frozen: readers on any thread share it; who wants to change it
/// thaws a copy. What selectors ask for is read once, so that a change costs its watchers no parsing.
/// </summary>
internal sealed class StoredObject
{
    /// <summary>The tree of a larger object is parsed when needed and given back to the garbage collector; that of a smaller one is kept.</summary>
    private const int KeepTreeBelow = 4096;

    private readonly SelectableFields _fields;
    private readonly string[] _values;
    private readonly int _typeEnd;
    private Tree? _kept;
    private WeakReference<Tree>? _lent;
    private object? _view;
    private volatile bool _isRetired;

    public StoredObject(JsonObject body, long revision, SelectableFields? fields = null)
    {
        (Json, _typeEnd) = Wire.Json.TypeFirst(body);
        Revision = revision;
        ApiVersion = body.Text("apiVersion") ?? "";
        Name = body.Text("metadata", "name") ?? "";
        Namespace = body.Text("metadata", "namespace") ?? "";
        Key = KeyOf(Namespace, Name);
        Uid = body.Text("metadata", "uid") ?? "";
        IsTerminating = body.At("metadata", "deletionTimestamp") is not null;
        OwnerUids = [.. body.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid") ?? "")];
        Labels = [.. (body.Map("metadata", "labels") ?? []).Select(label => (label.Key, label.Value.Text() ?? ""))];
        _fields = fields ?? SelectableFields.None;
        _values = _fields.Read(body);
    }

    /// <summary>The object as JSON; apiVersion and kind come first.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>What follows apiVersion and kind, with the closing brace: for lists that do not repeat the type of their items.</summary>
    public ReadOnlyMemory<byte> JsonAfterType => Json[_typeEnd..];

    public JsonElement Body => Parse().Root;

    public long Revision { get; }

    /// <summary>Length as JSON, in bytes.</summary>
    public int Size => Json.Length;

    public string ApiVersion { get; }

    public string Name { get; }

    public string Namespace { get; }

    public string Uid { get; }

    public IReadOnlyList<string> OwnerUids { get; }

    public bool IsTerminating { get; }

    public string Key { get; }

    public IReadOnlyList<(string Key, string Value)> Labels { get; }

    public JsonObject Thaw() => Wire.Json.Thaw(Body);

    /// <summary>The text of a scalar field for selectors; empty when it is absent.</summary>
    public string Field(string path) => path switch
    {
        "metadata.name" => Name,
        "metadata.namespace" => Namespace,
        _ => _fields.IndexOf(path) is >= 0 and var index ? _values[index] : SelectableFields.Text(Body.At(path.Split('.'))),
    };

    /// <summary>What somebody reads out of this version, kept with it. One type per kind of object.</summary>
    public T View<T>(Func<StoredObject, T> make)
        where T : class
    {
        if (Volatile.Read(ref _view) is T known)
            return known;
        T made = make(this);
        Volatile.Write(ref _view, made);
        return made;
    }

    /// <summary>This version was replaced or deleted: only the window of changes still holds it, and keeps its bytes alone.</summary>
    public void Retire()
    {
        _isRetired = true;
        _kept = null;
        _view = null;
    }

    public static string KeyOf(string @namespace, string name) => $"{@namespace}/{name}";

    private Tree Parse()
    {
        if (_kept is { } kept)
            return kept;
        if (_lent is { } lent && lent.TryGetTarget(out Tree? alive))
            return alive;
        var tree = new Tree(Wire.Json.ParseElement(Json));
        if (Size < KeepTreeBelow && !_isRetired)
            _kept = tree;
        else
            _lent = new WeakReference<Tree>(tree);
        return tree;
    }

    private sealed record Tree(JsonElement Root);
}
