// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeWgDiag.Chaos.Report;

/// <summary>The result for people and for the record.</summary>
internal static class ChaosReport
{
    private const long Mebibyte = 1 << 20;
    private const int MemoryAim = 256;

    /// <summary>Lines for a terminal.</summary>
    public static string Text(ChaosResult result)
    {
        var text = new StringBuilder();
        foreach (var (name, count) in result.Disturbances.OrderBy(pair => pair.Key, StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"  {name,-24} {count,6}\n");
        text.Append(CultureInfo.InvariantCulture, $"kinds: {string.Join(", ", result.Kinds.Select(pair => $"{pair.Value} {pair.Key}"))}\n");
        text.Append(CultureInfo.InvariantCulture, $"operators: {result.OperatorMemory / Mebibyte} MiB resident at most, {result.UnaskedEnds} ended by themselves\n");
        foreach (var violation in result.Violations) text.Append(CultureInfo.InvariantCulture, $"WRONG: {violation}\n");
        text.Append(CultureInfo.InvariantCulture, $"chaos: {result.Ended} of {result.Options.Runs} diagnoses ended right after {result.Runs} runs and {result.Disturbances.Values.Sum()} disturbances, ");
        text.Append(CultureInfo.InvariantCulture, $"{result.Violations.Count} violations, seed {result.Options.Seed}, {result.Duration.TotalSeconds:0} s\n");
        if (result.Violations.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"repeat: make chaos RUNS={result.Options.Runs} SEED={result.Options.Seed}   (operators' logs: {result.Options.Artifacts}/chaos-operator-*.log)\n");
        return text.ToString();
    }

    /// <summary>The rows of artifacts/chaos.json.</summary>
    public static string Json(ChaosResult result)
    {
        var rows = new JsonArray
        {
            Row("diagnoses ended right", result.Ended, "diagnoses", string.Create(CultureInfo.InvariantCulture, $"{result.Options.Runs}"), result.Ended == result.Options.Runs),
            Row("violations", result.Violations.Count, "violations", "0", result.Violations.Count == 0),
            Row("runs", result.Runs, "runs"),
            Row("seed", result.Options.Seed, ""),
            Row("time", Math.Round(result.Duration.TotalSeconds, 1), "s"),
            Row("operator memory", result.OperatorMemory / Mebibyte, "MiB", $"at most {MemoryAim}", result.OperatorMemory / Mebibyte <= MemoryAim),
            Row("operators ended by themselves", result.UnaskedEnds, "ends"),
        };
        foreach (var (name, count) in result.Disturbances.OrderBy(pair => pair.Key, StringComparer.Ordinal)) rows.Add((JsonNode)Row(name, count, "times"));
        return new JsonObject { ["rows"] = rows, ["violations"] = new JsonArray([.. result.Violations.Select(v => (JsonNode)JsonValue.Create(v))]) }.ToJsonString() + "\n";
    }

    private static JsonObject Row(string name, double value, string unit, string? aim = null, bool? met = null) =>
        new() { ["name"] = name, ["value"] = value, ["unit"] = unit, ["aim"] = aim, ["met"] = met };
}
