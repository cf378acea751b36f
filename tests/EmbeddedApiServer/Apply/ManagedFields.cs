// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Apply;

/// <summary>Who owns which fields of an object: the list in <c>metadata.managedFields</c>, read, changed and written back.</summary>
internal sealed class ManagedFields
{
    private List<ManagerEntry> _entries;

    private ManagedFields(List<ManagerEntry> entries) => _entries = entries;

    public IReadOnlyList<ManagerEntry> Entries => _entries;

    public static ManagedFields Of(JsonObject? body) =>
        new([.. body.Items("metadata", "managedFields").Select(ManagerEntry.Read).OfType<ManagerEntry>()]);

    /// <summary>An update: the writer owns what it changed; nobody owns what is gone.</summary>
    public void Update(ManagerEntry writer, JsonObject? before, JsonObject after, IMergeShape shape, bool hasStatus = false)
    {
        FieldTree changed = FieldTrees.Changed(before ?? [], after, shape);
        changed.IsMember = false;
        FieldTrees.DropSystemFields(changed);
        // The main endpoint cannot write status, so it cannot come to own any of it.
        if (hasStatus && writer.Subresource.Length == 0)
            changed.Cut("f:status");
        FieldTree removed = before is null ? new FieldTree() : FieldTrees.Removed(before, after, shape);
        if (changed.IsEmpty && removed.IsEmpty)
            return;
        FieldTree own = (_entries.Find(writer.IsSameManager)?.Fields ?? new FieldTree()).Union(changed).Except(removed);
        _entries = [.. _entries.Where(entry => !entry.IsSameManager(writer)).Select(entry => entry with { Fields = entry.Fields.Except(changed).Except(removed) })];
        _entries.Add(writer with { Fields = own });
    }

    /// <summary>An apply: the writer owns exactly what it sent; others lose what it took over and what is gone.</summary>
    public void Apply(ManagerEntry writer, FieldTree taken, FieldTree removed)
    {
        _entries = [.. _entries.Where(entry => !entry.IsSameManager(writer)).Select(entry => entry with { Fields = entry.Fields.Except(taken).Except(removed) })];
        _entries.Add(writer);
    }

    /// <summary>Writes the list; an entry whose fields did not change keeps its time. Returns whether ownership changed.</summary>
    public bool WriteTo(JsonObject body, ManagedFields before)
    {
        bool changed = false;
        var kept = new List<ManagerEntry>();
        foreach (ManagerEntry entry in _entries.Where(entry => !entry.Fields.IsEmpty))
        {
            ManagerEntry? old = before._entries.Find(entry.IsSameManager);
            bool same = old is not null && old.Fields.SameAs(entry.Fields);
            changed |= !same;
            kept.Add(same ? old! : entry);
        }

        changed |= before._entries.Count(entry => !entry.Fields.IsEmpty) != kept.Count;
        kept = [.. kept.OrderBy(entry => entry.Operation, StringComparer.Ordinal).ThenBy(entry => entry.Time, StringComparer.Ordinal)
            .ThenBy(entry => entry.Manager, StringComparer.Ordinal).ThenBy(entry => entry.Subresource, StringComparer.Ordinal)];
        if (kept.Count == 0)
            body.Metadata().Remove("managedFields");
        else
            body.Metadata()["managedFields"] = Json.Array(kept.Select(entry => (JsonNode?)entry.ToJson()));
        return changed;
    }
}
