// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>Checks a value against a schema without CEL: types, bounds, enums, required fields, uniqueness in sets and maps.</summary>
internal static class SchemaValidator
{
    /// <summary>An object with thousands of faults is refused with this many of them.</summary>
    private const int MaxErrors = 50;

    public static List<FieldError> Validate(JsonNode? value, StructuralSchema schema, string path)
    {
        var errors = new List<FieldError>();
        Visit(value, schema, path, errors);
        return errors;
    }

    private static void Visit(JsonNode? value, StructuralSchema schema, string path, List<FieldError> errors)
    {
        if (errors.Count >= MaxErrors)
            return;
        if (value is null)
        {
            if (!schema.Nullable && schema.Type is not null)
                errors.Add(FieldError.Type(path, "null", schema.Type));
            return;
        }

        if (!TypeFits(value, schema))
        {
            errors.Add(FieldError.Type(path, TypeName(value), schema.IntOrString ? "integer,string" : schema.Type!));
            return;
        }

        if (schema.Enum is not null && !schema.Enum.Any(allowed => Json.Same(allowed, value)))
            errors.Add(FieldError.NotSupported(path, value, schema.Enum));
        switch (value)
        {
            case JsonObject map:
                Object(map, schema, path, errors);
                break;
            case JsonArray list:
                List(list, schema, path, errors);
                break;
            default:
                errors.AddRange(ScalarValidator.Validate((JsonValue)value, schema, path));
                break;
        }

        Branches(value, schema, path, errors);
    }

    private static void Object(JsonObject map, StructuralSchema schema, string path, List<FieldError> errors)
    {
        foreach (string name in schema.Required.Where(name => !map.ContainsKey(name)))
            errors.Add(FieldError.Required(Join(path, name)));
        if (map.Count > schema.MaxProperties)
            errors.Add(FieldError.TooMany(path, map.Count, schema.MaxProperties.Value));
        if (map.Count < schema.MinProperties)
            errors.Add(FieldError.Invalid(path, null, $"{path} in body should have at least {schema.MinProperties} properties"));
        foreach ((string name, JsonNode? child) in map)
        {
            if (schema.Field(name) is { } property)
                Visit(child, property, schema.Properties.ContainsKey(name) ? Join(path, name) : $"{path}[{name}]", errors);
        }
    }

    private static void List(JsonArray list, StructuralSchema schema, string path, List<FieldError> errors)
    {
        if (list.Count > schema.MaxItems)
            errors.Add(FieldError.TooMany(path, list.Count, schema.MaxItems.Value));
        if (list.Count < schema.MinItems)
            errors.Add(FieldError.Invalid(path, list.Count, $"{path} in body should have at least {schema.MinItems} items"));
        if (schema.Items is not null)
        {
            for (int index = 0; index < list.Count; index++)
                Visit(list[index], schema.Items, $"{path}[{index}]", errors);
        }

        var shape = new SchemaShape(schema, isRoot: false);
        if (shape.List == ListShape.Atomic)
            return;
        var seen = new HashSet<string>();
        for (int index = 0; index < list.Count; index++)
        {
            if (Steps.Item(shape, list[index]) is { } step && !seen.Add(step))
                errors.Add(FieldError.Duplicate($"{path}[{index}]", shape.List == ListShape.Set ? list[index] : JsonNode.Parse(step[2..])));
        }
    }

    private static void Branches(JsonNode value, StructuralSchema schema, string path, List<FieldError> errors)
    {
        foreach (StructuralSchema branch in schema.AllOf)
            Visit(value, branch, path, errors);
        if (schema.AnyOf.Count > 0 && !schema.AnyOf.Any(branch => Validate(value, branch, path).Count == 0))
            errors.Add(FieldError.Invalid(path, null, $"{path} in body must validate at least one schema (anyOf)"));
        if (schema.OneOf.Count > 0 && schema.OneOf.Count(branch => Validate(value, branch, path).Count == 0) != 1)
            errors.Add(FieldError.Invalid(path, null, $"{path} in body must validate one and only one schema (oneOf)"));
        if (schema.Not is not null && Validate(value, schema.Not, path).Count == 0)
            errors.Add(FieldError.Invalid(path, null, $"{path} in body must not validate the schema (not)"));
    }

    private static bool TypeFits(JsonNode value, StructuralSchema schema)
    {
        JsonValueKind kind = value.GetValueKind();
        if (schema.IntOrString)
            return kind == JsonValueKind.String || Numbers.IsWhole(value);
        return schema.Type switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "number" => kind == JsonValueKind.Number,
            "integer" => Numbers.TryRead(value, out double real) && Math.Floor(real) == real,
            _ => true,
        };
    }

    private static string TypeName(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => Numbers.IsWhole(value) ? "integer" : "number",
        _ => "boolean",
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
