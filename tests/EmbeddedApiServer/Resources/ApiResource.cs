// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Resources;

/// <summary>One served kind in one version: names, behaviour, schema, columns. Immutable; a changed CRD makes a new one.</summary>
internal sealed record ApiResource
{
    public static IReadOnlyList<string> AllVerbs { get; } = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Plural { get; init; }

    public required string Kind { get; init; }

    public string Singular { get; init; } = "";

    public string ListKind { get; init; } = "";

    public bool Namespaced { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = AllVerbs;

    /// <summary>Names of the subresources that discovery shows.</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];

    /// <summary>True: the main endpoint leaves status alone and <c>/status</c> leaves the rest alone.</summary>
    public bool HasStatus { get; init; }

    public bool HasGeneration { get; init; }

    public bool IsCustom { get; init; }

    /// <summary>Where objects are kept: the same for all versions, and for the two kinds of events.</summary>
    public required string Storage { get; init; }

    public string ErrorGroup { get; init; } = "";

    public ResourceRules Rules { get; init; } = ResourceRules.None;

    /// <summary>The schema as it was written, for OpenAPI; null for built-in kinds.</summary>
    public JsonObject? PublishedSchema { get; init; }

    public IMergeShape Shape { get; init; } = BuiltInShape.Root;

    public IReadOnlyList<PrinterColumn> Columns { get; init; } = [];

    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    public string GroupVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public bool IsSelectable(string path) =>
        path == "metadata.name" || (path == "metadata.namespace" && (Namespaced || IsCustom)) || SelectableFields.Contains(path);

    /// <summary>Where the fields of field selectors stand in the stored form.</summary>
    public IEnumerable<string> StoredFields => SelectableFields.Select(Rules.StoredPath);

    /// <summary>True when the stored bytes are what this version shows.</summary>
    public bool ShowsStored(StoredObject item) => Rules.IsStoredForm && item.ApiVersion == GroupVersion;

    /// <summary>The stored object as this version shows it.</summary>
    public JsonObject Show(StoredObject item) => Rules.FromStored(this, item.Thaw());
}
