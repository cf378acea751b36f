// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;
using KubeWgDiag.Crds.Schema;

namespace KubeWgDiag.Crds.Tests;

/// <summary>Every attribute and type once.</summary>
[CelRule("self.number > 0", "must be positive")]
public sealed record Sample
{
    [MinLength(1)]
    [MaxLength(5)]
    [Pattern("^a+$")]
    [Format("hostname")]
    public required string Text { get; init; }

    [AllowedValues("x", "y")]
    public string? Word { get; init; }

    [Bounds(1, 9)]
    [DefaultJson("3")]
    [CelRule("self != 4", "not four")]
    [CelRule("self != 5", "not five")]
    public int? Number { get; init; }

    [Bounds(0, long.MaxValue)]
    public long Large { get; init; }

    public double Share { get; init; }

    public bool? Flag { get; init; }

    public DateTimeOffset? Time { get; init; }

    public SampleKind? Kind { get; init; }

    [PreserveUnknownFields]
    public JsonElement? Open { get; init; }

    [RequiredInSchema]
    public SampleItem? Nested { get; init; }

    [MaxItems(4)]
    [MaxLength(7)]
    [ListSet]
    public IReadOnlyList<string>? Set { get; init; }

    [MaxItems(2)]
    [ListMap("name")]
    public IReadOnlyList<SampleItem>? Items { get; init; }

    public IReadOnlyList<int>? Plain { get; init; }

    [MaxItems(3)]
    [MaxLength(6)]
    [Pattern("^b*$")]
    public IReadOnlyDictionary<string, string>? Map { get; init; }

    [JsonIgnore]
    public string Hidden => "";
}

public enum SampleKind
{
    First,
    Second,
}

public sealed record SampleItem
{
    public required string Name { get; init; }
}

/// <summary>Has no structural schema.</summary>
public sealed record Endless
{
    public Endless? Next { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Sample))]
[JsonSerializable(typeof(Endless))]
internal sealed partial class SampleJsonContext : JsonSerializerContext;
