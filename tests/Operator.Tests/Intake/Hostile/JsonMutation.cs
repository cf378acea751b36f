// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.Operator.Tests.Intake.Hostile;

/// <summary>Changes a few places of a JSON text the way somebody would who wants to do harm.</summary>
internal static class JsonMutation
{
    private static readonly Func<Random, JsonNode?>[] Values =
    [
        _ => null,
        _ => JsonValue.Create(0),
        _ => JsonValue.Create(-1),
        _ => JsonValue.Create(int.MaxValue),
        _ => JsonValue.Create(long.MinValue),
        _ => JsonValue.Create(ulong.MaxValue),
        _ => JsonValue.Create(1e300),
        _ => JsonNode.Parse("1e400"),
        _ => JsonNode.Parse("0.1e-400"),
        _ => JsonValue.Create(""),
        _ => JsonValue.Create("-rf"),
        _ => JsonValue.Create("$(reboot)"),
        _ => JsonValue.Create("x'; reboot #"),
        _ => JsonValue.Create("wg\u001b[2J"),
        _ => JsonValue.Create("\u202eorez"),
        _ => JsonValue.Create(new string('w', 4096)),
        _ => JsonValue.Create(new string('w', 5000)),
        _ => JsonValue.Create("9999-12-31T23:59:59.9999999Z"),
        _ => JsonValue.Create("0001-01-01T00:00:00+14:00"),
        _ => JsonValue.Create("0.0.0.0"),
        _ => JsonValue.Create("::/0"),
        _ => JsonValue.Create(true),
        _ => new JsonObject(),
        _ => new JsonArray(),
        _ => new JsonArray((JsonNode?)null),
        random => new JsonArray([.. Enumerable.Repeat(0, random.Next(2000)).Select(_ => JsonValue.Create("x"))]),
    ];

    /// <summary>Changes one place.</summary>
    public static void Change(Random random, JsonNode root)
    {
        var place = root;
        while (Child(random, place) is { } next && next is JsonObject or JsonArray && random.Next(10) != 0) place = next;
        switch (place)
        {
            case JsonObject { Count: > 0 } map:
                ChangeField(random, map, map.ElementAt(random.Next(map.Count)).Key);
                break;
            case JsonArray { Count: > 0 } list when random.Next(3) > 0:
                var at = random.Next(list.Count);
                list[at] = random.Next(2) == 0 ? list[random.Next(list.Count)]?.DeepClone() : Value(random, list[at]);
                break;
            case JsonArray list:
                list.Add(Value(random, null));
                break;
        }
    }

    private static void ChangeField(Random random, JsonObject map, string field)
    {
        switch (random.Next(8))
        {
            case 0:
                map.Remove(field);
                break;
            case 1:
                map[$"{field}\u001b"] = Value(random, null);
                break;
            default:
                map[field] = Value(random, map[field]);
                break;
        }
    }

    private static JsonNode? Child(Random random, JsonNode place) => place switch
    {
        JsonObject { Count: > 0 } map => map.ElementAt(random.Next(map.Count)).Value,
        JsonArray { Count: > 0 } list => list[random.Next(list.Count)],
        _ => null,
    };

    // Mostly of the kind that was there: what has another form is refused early, and shows nothing of what comes after.
    private static JsonNode? Value(Random random, JsonNode? old)
    {
        var value = Values[random.Next(Values.Length)](random);
        for (var tries = 0; tries < 40 && old is JsonValue && random.Next(20) > 0 && value?.GetValueKind() != old.GetValueKind(); tries++)
            value = Values[random.Next(Values.Length)](random);
        return value;
    }
}
