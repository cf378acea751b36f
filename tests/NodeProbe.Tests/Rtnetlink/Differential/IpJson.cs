// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>Reads what <c>ip -j</c> prints as <see cref="Fields"/>. A field that nobody has named as known or left aside fails the test.</summary>
/// <param name="compared">Fields that are compared (arrays of objects as <c>name[]</c>).</param>
/// <param name="leftAside">Fields that are not compared, each with the reason; a name ending in a dot stands for all below it.</param>
/// <param name="ticking">Of the compared ones those that go on while one looks.</param>
internal sealed class IpJson(IReadOnlySet<string> compared, IReadOnlyDictionary<string, string> leftAside, IReadOnlySet<string>? ticking = null)
{
    /// <summary>The records of a document; empty objects are what <c>ip</c> prints for what it left out itself.</summary>
    public IReadOnlyList<Fields> Read(string json)
    {
        using var document = JsonDocument.Parse(json.Trim() is { Length: > 0 } text ? text : "[]");
        return [.. document.RootElement.EnumerateArray().Where(record => record.EnumerateObject().Any()).Select(Record)];
    }

    /// <summary>One record; a name that comes twice counts the first time (the destination inside an encapsulation has the name of the route's).</summary>
    public Fields Record(JsonElement record)
    {
        var fields = new Fields();
        Walk(record, string.Empty, string.Empty, fields, new HashSet<string>(StringComparer.Ordinal));
        return fields;
    }

    private void Walk(JsonElement element, string path, string known, Fields fields, HashSet<string> seen)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = path + property.Name;
            var pattern = known + property.Name;
            if (!seen.Add(name) || IsLeftAside(pattern)) continue;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Walk(property.Value, name + ".", pattern + ".", fields, seen);
                    break;
                case JsonValueKind.Array when property.Value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Object):
                    var index = 0;
                    foreach (var item in property.Value.EnumerateArray()) Walk(item, $"{name}[{index++}].", pattern + "[].", fields, seen);
                    break;
                default:
                    compared.ShouldContain(pattern, $"ip prints a field that this test does not know: {pattern} = {property.Value}");
                    Leaf(fields, name, pattern, property.Value);
                    break;
            }
        }
    }

    private void Leaf(Fields fields, string name, string pattern, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                fields.Words(name, value.EnumerateArray().Select(item => item.ToString()));
                break;
            case JsonValueKind.Number when ticking?.Contains(pattern) == true:
                fields.Tick(name, value.GetInt64());
                break;
            case JsonValueKind.Null:
                fields.Flag(name, isSet: true);
                break;
            default:
                fields.Put(name, value);
                break;
        }
    }

    private bool IsLeftAside(string pattern) =>
        leftAside.ContainsKey(pattern) || leftAside.Keys.Any(key => key.EndsWith('.') && (pattern + ".").StartsWith(key, StringComparison.Ordinal));
}
