// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Cel;

/// <summary>
/// Values of CEL as .NET objects: null, bool, long, double, string, TimeSpan, DateTimeOffset, lists and maps with string keys. JSON
/// becomes them by schema where there is one (times and durations), else by the look of the value.
/// </summary>
internal static class CelValues
{
    public static object? From(JsonNode? node, StructuralSchema? schema = null)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonObject map:
                return map.ToDictionary(pair => pair.Key, pair => From(pair.Value, schema?.Field(pair.Key)));
            case JsonArray list:
                return list.Select(item => From(item, schema?.Items)).ToList();
            default:
                return Scalar((JsonValue)node, schema);
        }
    }

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (long a, double b) => a == b,
        (double a, long b) => a == b,
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        (Dictionary<string, object?> a, Dictionary<string, object?> b) =>
            a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out object? other) && AreEqual(pair.Value, other)),
        _ => Equals(left, right),
    };

    /// <summary>Order of two values; null when they cannot be compared.</summary>
    public static int? Compare(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (long a, double b) => ((double)a).CompareTo(b),
        (double a, long b) => a.CompareTo(b),
        (double a, double b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        _ => null,
    };

    private static object? Scalar(JsonValue value, StructuralSchema? schema)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Number:
                if (schema?.Type != "number" && Numbers.TryWhole(value, out long whole))
                    return whole;
                return Numbers.TryRead(value, out double real) ? real : null;
            default:
                string text = value.Text() ?? "";
                return schema?.Format switch
                {
                    "date-time" => Times.Parse(text) is { } time ? time : new CelError("no timestamp"),
                    "duration" => Durations.Parse(text) is { } span ? span : new CelError("no duration"),
                    _ => text,
                };
        }
    }
}
