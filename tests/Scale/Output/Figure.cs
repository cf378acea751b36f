// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Scale.Output;

/// <summary>A row of the table.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">Of what.</param>
/// <param name="Aim">Greatest value that is good; null = none is set.</param>
/// <param name="Met">Whether it is; null without an aim.</param>
internal sealed record Figure(string Name, double Value, string Unit, double? Aim = null, bool? Met = null)
{
    /// <summary>A row with an aim.</summary>
    public static Figure AtMost(string name, double value, string unit, double aim) => new(name, value, unit, aim, value <= aim);
}

/// <summary>The file's form.</summary>
/// <param name="Rows">All rows.</param>
internal sealed record FigureFile(IReadOnlyList<Figure> Rows);

/// <summary>JSON of the figures.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(FigureFile))]
internal sealed partial class FigureJson : JsonSerializerContext;
