// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.CustomResources;

/// <summary>CustomResourceDefinitions themselves: defaults and what makes one acceptable.</summary>
internal sealed class CrdRules : ResourceRules
{
    public override void Default(JsonObject body)
    {
        JsonObject names = body.Ensure("spec").Ensure("names");
        string kind = names.Text("kind") ?? "";
        names.Default("singular", kind.ToLowerInvariant());
        names.Default("listKind", kind + "List");
        if (body["spec"]!["conversion"] is null)
            body["spec"]!["conversion"] = new JsonObject { ["strategy"] = "None" };
    }

    public override void PrepareCreate(JsonObject body) => body["status"] = new JsonObject
    {
        ["conditions"] = null,
        ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
        ["storedVersions"] = Json.Array(body.Items("spec", "versions").Where(version => version.Flag("storage")).Select(version => (JsonNode?)version.Text("name"))),
    };

    public override IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old)
    {
        var errors = new List<FieldError>();
        JsonNode? spec = body["spec"];
        string group = spec.Text("group") ?? "";
        string plural = spec.Text("names", "plural") ?? "";
        if (body.Text("metadata", "name") != $"{plural}.{group}")
            errors.Add(FieldError.Invalid("metadata.name", body.Text("metadata", "name"), "must be spec.names.plural+\".\"+spec.group"));
        foreach ((string path, string? value) in ((string, string?)[])[("spec.group", group), ("spec.names.plural", plural), ("spec.names.kind", spec.Text("names", "kind"))])
        {
            if (string.IsNullOrEmpty(value))
                errors.Add(FieldError.Required(path));
        }

        if (spec.Text("scope") is not ("Cluster" or "Namespaced"))
            errors.Add(FieldError.NotSupported("spec.scope", spec.Text("scope"), ["Cluster", "Namespaced"]));
        if (spec.Text("conversion", "strategy") != "None")
            errors.Add(FieldError.NotSupported("spec.conversion.strategy", spec.Text("conversion", "strategy"), ["None"]));
        Immutable(spec, old, errors);
        Versions(spec, errors);
        return errors;
    }

    private static void Immutable(JsonNode? spec, JsonObject? old, List<FieldError> errors)
    {
        foreach (string field in (string[])["group", "scope"])
        {
            if (old is not null && spec.Text(field) != old.Text("spec", field))
                errors.Add(FieldError.Invalid($"spec.{field}", spec.Text(field), "field is immutable"));
        }
    }

    private static void Versions(JsonNode? spec, List<FieldError> errors)
    {
        JsonNode?[] versions = [.. spec.Items("versions")];
        if (versions.Count(version => version.Flag("storage")) != 1)
            errors.Add(FieldError.Invalid("spec.versions", null, "must have exactly one version marked as storage version"));
        for (int index = 0; index < versions.Length; index++)
        {
            string path = $"spec.versions[{index}].schema.openAPIV3Schema";
            if (versions[index].Map("schema", "openAPIV3Schema") is not { } schema)
            {
                errors.Add(FieldError.Required(path, "schemas are required"));
                continue;
            }

            var reader = new SchemaReader();
            StructuralSchema root = reader.Read(schema, path);
            errors.AddRange(reader.Errors);
            if (root.Type != "object")
                errors.Add(FieldError.Invalid($"{path}.type", root.Type, "must be object at the root"));
            errors.AddRange(Columns(versions[index], index));
        }
    }

    private static IEnumerable<FieldError> Columns(JsonNode? version, int index) =>
        version.Items("additionalPrinterColumns").Select((column, at) => (column, at)).Where(pair => JsonPath.Parse(pair.column.Text("jsonPath") ?? "?") is null)
            .Select(pair => FieldError.Invalid($"spec.versions[{index}].additionalPrinterColumns[{pair.at}].jsonPath", pair.column.Text("jsonPath"), "is no JSONPath that this server knows"));
}
