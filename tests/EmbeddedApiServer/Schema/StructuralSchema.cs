// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>A structural OpenAPI v3 schema as CRDs carry it, read once.</summary>
internal sealed class StructuralSchema
{
    public string? Type { get; init; }

    public string? Format { get; init; }

    public bool Nullable { get; init; }

    public bool IntOrString { get; init; }

    public bool PreserveUnknown { get; init; }

    public bool EmbeddedResource { get; init; }

    public IReadOnlyDictionary<string, StructuralSchema> Properties { get; init; } = new Dictionary<string, StructuralSchema>();

    public StructuralSchema? AdditionalProperties { get; init; }

    public bool AllowsAdditional { get; init; }

    public StructuralSchema? Items { get; init; }

    public IReadOnlyList<string> Required { get; init; } = [];

    public JsonArray? Enum { get; init; }

    public JsonNode? Default { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public double? MultipleOf { get; init; }

    public long? MinLength { get; init; }

    public long? MaxLength { get; init; }

    public long? MinItems { get; init; }

    public long? MaxItems { get; init; }

    public long? MinProperties { get; init; }

    public long? MaxProperties { get; init; }

    public Regex? Pattern { get; init; }

    public string ListType { get; init; } = "atomic";

    public IReadOnlyList<string> ListMapKeys { get; init; } = [];

    public bool AtomicMap { get; init; }

    public IReadOnlyList<CelRule> Rules { get; init; } = [];

    public IReadOnlyList<StructuralSchema> AllOf { get; init; } = [];

    public IReadOnlyList<StructuralSchema> AnyOf { get; init; } = [];

    public IReadOnlyList<StructuralSchema> OneOf { get; init; } = [];

    public StructuralSchema? Not { get; init; }

    public StructuralSchema? Field(string name) => Properties.GetValueOrDefault(name) ?? AdditionalProperties;

    /// <summary>True when a field of this name is kept although nothing describes it.</summary>
    public bool Keeps(string name) => PreserveUnknown || AllowsAdditional || Properties.ContainsKey(name) || AdditionalProperties is not null;
}
