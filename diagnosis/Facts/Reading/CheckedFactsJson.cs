// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KubeWgDiag.Diagnosis.Facts.Reading;

/// <summary>
/// The JSON of the facts, with a check after every record that holds for all of them: the source generator gives an absent list null instead of its
/// default, whatever its annotation says, and numbers and times of any size. Written over the generated metadata, so that a record that is added
/// is checked without a line here.
/// </summary>
public static class CheckedFactsJson
{
    /// <summary>Numbers with a fraction are times, shares and loads; an absolute value beyond this would overflow where it is used.</summary>
    private const double MaxNumber = 1e15;

    private static readonly JsonSerializerOptions Options = Build(more: null);

    /// <summary>One node's facts.</summary>
    public static JsonTypeInfo<NodeFacts> NodeFacts { get; } = (JsonTypeInfo<NodeFacts>)Options.GetTypeInfo(typeof(NodeFacts));

    /// <summary>Several nodes' facts.</summary>
    public static JsonTypeInfo<List<NodeFacts>> ListOfNodeFacts { get; } = (JsonTypeInfo<List<NodeFacts>>)Options.GetTypeInfo(typeof(List<NodeFacts>));

    /// <summary>One node's facts, with the same checks, for a reader that keeps them in its own way.</summary>
    /// <param name="modify">Is given the metadata of every type after the checks were added.</param>
    public static JsonTypeInfo<NodeFacts> NodeFactsWith(Action<JsonTypeInfo> modify)
    {
        ArgumentNullException.ThrowIfNull(modify);
        return (JsonTypeInfo<NodeFacts>)Build(modify).GetTypeInfo(typeof(NodeFacts));
    }

    private static JsonSerializerOptions Build(Action<JsonTypeInfo>? more)
    {
        var resolver = FactsJsonContext.Default.WithAddedModifier(Check);
        var options = new JsonSerializerOptions(FactsJsonContext.Default.Options)
        {
            TypeInfoResolver = more is null ? resolver : resolver.WithAddedModifier(more),
            // The last of two fields of one name would win unseen.
            AllowDuplicateProperties = false,
            // One more for a list of nodes.
            MaxDepth = FactsJsonContext.Default.Options.MaxDepth + 1,
        };
        options.MakeReadOnly();
        return options;
    }

    private static void Check(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        var checks = type.Properties.Select(CheckOf).Append(WholenessOf(type)).OfType<Action<object>>().ToArray();
        if (checks.Length == 0) return;
        type.OnDeserialized = record =>
        {
            foreach (var check in checks) check(record);
        };
    }

    private static Action<object>? CheckOf(JsonPropertyInfo property)
    {
        if (property.Get is not { } get) return null;
        if (property.PropertyType == typeof(DateTimeOffset) || property.PropertyType == typeof(DateTimeOffset?))
            return record => Refuse(get(record) is DateTimeOffset { UtcDateTime.Year: < 1970 or > 2200 }, property, "is no time that a clock shows");
        if (property.PropertyType == typeof(double) || property.PropertyType == typeof(double?))
            return record => Refuse(get(record) is double number && !(Math.Abs(number) <= MaxNumber), property, "is out of range");
        return property.PropertyType.IsValueType || property.IsGetNullable ? null : record => Refuse(get(record) is null, property, "is missing");
    }

    /// <summary>The rule of every <see cref="Fact{T}"/>: it has a value, or a reason why it has none, and never both.</summary>
    private static Action<object>? WholenessOf(JsonTypeInfo type) =>
        (GetterOf(type, "value"), GetterOf(type, "notAvailable")) is ({ } value, { } reason)
            ? record =>
            {
                if (value(record) is null == reason(record) is null)
                    throw new FactsRefusedException("a fact has neither or both of value and notAvailable");
            }
    : null;

    private static Func<object, object?>? GetterOf(JsonTypeInfo type, string name) => type.Properties.FirstOrDefault(property => property.Name == name)?.Get;

    private static void Refuse(bool bad, JsonPropertyInfo property, string why)
    {
        if (bad) throw new FactsRefusedException($"a field {property.Name} {why}");
    }
}
