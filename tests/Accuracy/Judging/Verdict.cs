// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Accuracy.Judging;

/// <summary>What came of a cell.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
public enum Outcome
{
    /// <summary>The expected code (all of them, for combinations) came first; a healthy network was left alone.</summary>
    Right,

    /// <summary>Something else.</summary>
    Wrong,

    /// <summary>The run proves nothing: the fault was not there, or the network was not healthy before.</summary>
    ScenarioError,
}

/// <summary>A cell judged.</summary>
public sealed record Verdict
{
    public required string Scenario { get; init; }

    public required string Kind { get; init; }

    public required string Layout { get; init; }

    public required int Family { get; init; }

    public required bool Kernel { get; init; }

    public required IReadOnlyList<string> Expected { get; init; }

    public required Outcome Outcome { get; init; }

    /// <summary>Place of the expected code among the root causes, from 1; null = not there. For combinations the worst of both.</summary>
    public int? Rank { get; init; }

    /// <summary>How many of the expected codes are among the root causes.</summary>
    public int Hits { get; init; }

    /// <summary>The root causes' codes in their order.</summary>
    public required IReadOnlyList<string> Found { get; init; }

    /// <summary>Root causes of Warning or worse that are neither expected nor declared true.</summary>
    public required IReadOnlyList<string> False { get; init; }

    public required double Seconds { get; init; }

    public string? Error { get; init; }

    /// <summary>Folder of the facts.</summary>
    public required string Facts { get; init; }

    /// <summary>The report's own sentence.</summary>
    public string? Summary { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<Verdict>))]
internal sealed partial class VerdictJsonContext : JsonSerializerContext;
