// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>Reads a schema and says what is wrong with it; CEL rules are compiled here, so an unknown construct refuses the CRD.</summary>
internal sealed class SchemaReader
{
    private readonly List<FieldError> _errors = [];

    public IReadOnlyList<FieldError> Errors => _errors;

    public StructuralSchema Read(JsonObject node, string path) => Read(node, path, isStructural: true);

    /// <param name="isStructural">False inside allOf, anyOf, oneOf and not, where only value checks stand.</param>
    private StructuralSchema Read(JsonObject node, string path, bool isStructural)
    {
        bool intOrString = node.Flag("x-kubernetes-int-or-string");
        bool preserve = node.Flag("x-kubernetes-preserve-unknown-fields");
        string? type = node.Text("type");
        if (isStructural && type is null && !intOrString && !preserve)
            _errors.Add(FieldError.Required($"{path}.type", "must not be empty for specified object fields"));
        JsonNode? additional = node["additionalProperties"];
        return new StructuralSchema
        {
            Type = type,
            Format = node.Text("format"),
            Nullable = node.Flag("nullable"),
            IntOrString = intOrString,
            PreserveUnknown = preserve,
            EmbeddedResource = node.Flag("x-kubernetes-embedded-resource"),
            Properties = (node.Map("properties") ?? []).Where(pair => pair.Value is JsonObject)
                .ToDictionary(pair => pair.Key, pair => Read((JsonObject)pair.Value!, $"{path}.properties[{pair.Key}]", isStructural)),
            AdditionalProperties = additional is JsonObject values ? Read(values, $"{path}.additionalProperties", isStructural) : null,
            AllowsAdditional = additional is JsonValue flag && flag.TryGetValue(out bool allowed) && allowed,
            Items = node.Map("items") is { } items ? Read(items, $"{path}.items", isStructural) : null,
            Required = [.. node.Strings("required")],
            Enum = node["enum"] as JsonArray,
            Default = node["default"],
            Minimum = Real(node, "minimum"),
            Maximum = Real(node, "maximum"),
            ExclusiveMinimum = node.Flag("exclusiveMinimum"),
            ExclusiveMaximum = node.Flag("exclusiveMaximum"),
            MultipleOf = Real(node, "multipleOf"),
            MinLength = node.Number("minLength"),
            MaxLength = node.Number("maxLength"),
            MinItems = node.Number("minItems"),
            MaxItems = node.Number("maxItems"),
            MinProperties = node.Number("minProperties"),
            MaxProperties = node.Number("maxProperties"),
            Pattern = Pattern(node.Text("pattern"), path),
            ListType = ListType(node, path),
            ListMapKeys = [.. node.Strings("x-kubernetes-list-map-keys")],
            AtomicMap = node.Text("x-kubernetes-map-type") == "atomic",
            Rules = Rules(node, path),
            AllOf = Branches(node, "allOf", path),
            AnyOf = Branches(node, "anyOf", path),
            OneOf = Branches(node, "oneOf", path),
            Not = node.Map("not") is { } not ? Read(not, $"{path}.not", isStructural: false) : null,
        };
    }

    private IReadOnlyList<StructuralSchema> Branches(JsonObject node, string name, string path) =>
        [.. node.Items(name).OfType<JsonObject>().Select((branch, index) => Read(branch, $"{path}.{name}[{index}]", isStructural: false))];

    private static double? Real(JsonObject node, string name) => node[name] is JsonValue value && Numbers.TryRead(value, out double real) ? real : null;

    private Regex? Pattern(string? pattern, string path)
    {
        if (pattern is null)
            return null;
        try
        {
            return Re2.Compile(pattern);
        }
        catch (ArgumentException error)
        {
            _errors.Add(FieldError.Invalid($"{path}.pattern", pattern, $"must be a valid regular expression, but isn't: {error.Message}"));
            return null;
        }
    }

    private string ListType(JsonObject node, string path)
    {
        string type = node.Text("x-kubernetes-list-type") ?? "atomic";
        if (type == "map")
        {
            string[] keys = [.. node.Strings("x-kubernetes-list-map-keys")];
            if (keys.Length == 0)
                _errors.Add(FieldError.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));
            foreach (string key in keys)
            {
                JsonObject? property = node.Map("items", "properties", key);
                bool required = node.Strings("items", "required").Contains(key);
                if (property is null)
                    _errors.Add(FieldError.Invalid($"{path}.x-kubernetes-list-map-keys", key, "entries must all be names of item properties"));
                else if (!required && property["default"] is null)
                    _errors.Add(FieldError.Required($"{path}.items.properties[{key}].default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"));
            }
        }
        else if (type is not ("atomic" or "set"))
        {
            _errors.Add(FieldError.NotSupported($"{path}.x-kubernetes-list-type", type, ["atomic", "map", "set"]));
        }

        return type;
    }

    private List<CelRule> Rules(JsonObject node, string path)
    {
        var rules = new List<CelRule>();
        int index = 0;
        foreach (JsonObject rule in node.Items("x-kubernetes-validations").OfType<JsonObject>())
        {
            string at = $"{path}.x-kubernetes-validations[{index++}]";
            (CelRule? compiled, string? problem) = CelRule.Compile(rule, ["self", "oldSelf"]);
            if (compiled is null)
                _errors.Add(FieldError.Invalid($"{at}.rule", rule.Text("rule"), $"compilation failed: {problem}"));
            else
                rules.Add(compiled);
        }

        return rules;
    }
}
