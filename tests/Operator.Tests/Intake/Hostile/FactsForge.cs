// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.Operator.Tests.Intake.Hostile;

/// <summary>
/// Makes JSON of facts out of the records' own metadata: every record and every field of it, also those that are added later, with values that parse.
/// </summary>
internal sealed class FactsForge(Random random)
{
    private const int MaxDepth = 12;

    private static readonly System.Text.Json.JsonSerializerOptions Options = FactsJsonContext.Default.Options;

    /// <summary>Facts of one node with everything in them, in random amounts.</summary>
    public JsonObject Node(string name)
    {
        var node = Whole(typeof(NodeFacts), 0)!.AsObject();
        node["version"] = NodeFacts.CurrentVersion;
        node["node"] = name;
        node["observedSeconds"] = 8;
        if (node["namespaces"]!.AsArray().Count == 0) node["namespaces"]!.AsArray().Add(Whole(typeof(NamespaceFacts), 2));
        return node;
    }

    private JsonNode? Whole(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Simple(type) is { } simple) return simple;
        var info = Options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new JsonArray([.. Many(depth).Select(_ => Whole(info.ElementType!, depth + 1))]),
            JsonTypeInfoKind.Dictionary => Map(info, depth),
            JsonTypeInfoKind.Object => Record(info, depth),
            _ => throw new NotSupportedException($"{type}: make a value of it here"),
        };
    }

    private IEnumerable<int> Many(int depth) => Enumerable.Range(0, depth > MaxDepth ? 0 : random.Next(depth < 4 ? 4 : 3));

    private JsonObject Map(JsonTypeInfo info, int depth)
    {
        var map = new JsonObject();
        foreach (var i in Many(depth)) map[info.KeyType == typeof(int) ? $"{i}" : $"net.ipv4.key{i}"] = Whole(info.ElementType!, depth + 1);
        return map;
    }

    private JsonObject Record(JsonTypeInfo info, int depth)
    {
        var record = new JsonObject();
        if (info.PolymorphismOptions is { } polymorphism)
        {
            // Expressions hold expressions; the deep ones are of the kind that holds nothing.
            var kinds = polymorphism.DerivedTypes;
            var kind = depth > MaxDepth ? kinds.First(k => k.DerivedType == typeof(NotrackExpression)) : kinds[random.Next(kinds.Count)];
            record[polymorphism.TypeDiscriminatorPropertyName] = kind.TypeDiscriminator!.ToString();
            info = Options.GetTypeInfo(kind.DerivedType);
        }

        var isFact = info.Type.IsGenericType && info.Type.GetGenericTypeDefinition() == typeof(Fact<>);
        var present = random.Next(8) > 0;
        foreach (var property in info.Properties.Where(property => property.Get is not null || property.Set is not null))
        {
            if (isFact && property.Name == (present ? "notAvailable" : "value")) continue;
            var optional = property.IsSetNullable && !isFact && !property.IsRequired && Nullable.GetUnderlyingType(property.PropertyType) is null == !property.PropertyType.IsValueType;
            if (optional && (depth > MaxDepth || random.Next(3) == 0)) continue;
            record[property.Name] = Whole(property.PropertyType, depth + 1);
        }

        return record;
    }

    private JsonValue? Simple(Type type)
    {
        if (type.IsEnum) return JsonValue.Create(Enum.GetNames(type)[random.Next(Enum.GetNames(type).Length)]);
        if (type == typeof(string)) return JsonValue.Create(Texts[random.Next(Texts.Length)]);
        if (type == typeof(bool)) return JsonValue.Create(random.Next(2) == 0);
        if (type == typeof(DateTimeOffset)) return JsonValue.Create($"2026-11-22T12:00:{random.Next(60):00}Z");
        if (type == typeof(double)) return JsonValue.Create(random.Next(1000) / 10.0);
        if (type == typeof(IpAddr)) return JsonValue.Create(Addresses[random.Next(Addresses.Length)]);
        if (type == typeof(IpPrefix)) return JsonValue.Create(Prefixes[random.Next(Prefixes.Length)]);
        if (type == typeof(ReadOnlyMemory<byte>)) return JsonValue.Create(Convert.ToBase64String(new byte[random.Next(40)]));
        if (type == typeof(HexBytes)) return JsonValue.Create(Convert.ToHexStringLower(new byte[random.Next(17)]));
        if (type == typeof(ReadOnlyMemory<byte>)) return JsonValue.Create(Convert.ToBase64String(new byte[random.Next(1410)]));
        return Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64 ? JsonValue.Create(random.Next(random.Next(2) == 0 ? 4 : 127)) : null;
    }

    private static readonly string[] Texts =
    [
        "wg0", "wg1", "eth0", "wireguard", "net:[4026531840]", "host", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "$(reboot)", "a'b;id", "`id`", "FORWARD", "filter",
    ];

    private static readonly string[] Addresses = ["10.0.0.1", "10.0.0.2", "192.0.2.1", "::1", "2001:db8::1", "0.0.0.0"];

    private static readonly string[] Prefixes = ["10.0.0.0/24", "10.0.1.0/24", "0.0.0.0/0", "::/0", "2001:db8::/64", "10.0.0.2/32"];
}
