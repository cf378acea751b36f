// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>The merge behaviour that a CRD's schema declares.</summary>
internal sealed class SchemaShape(StructuralSchema? schema, bool isRoot) : IMergeShape
{
    public ListShape List => schema?.ListType switch
    {
        "map" => ListShape.Map,
        "set" => ListShape.Set,
        _ => ListShape.Atomic,
    };

    public IReadOnlyList<string> Keys => schema?.ListMapKeys ?? [];

    public bool IsAtomicMap => schema?.AtomicMap ?? false;

    public bool IsStruct => false;

    public IMergeShape Items => new SchemaShape(schema?.Items, isRoot: false);

    public IMergeShape Field(string name) =>
        isRoot && name == "metadata" ? BuiltInShape.Metadata : new SchemaShape(schema?.Field(name), isRoot: false);

    public JsonNode? KeyDefault(string key) => schema?.Items?.Field(key)?.Default?.DeepClone();
}
