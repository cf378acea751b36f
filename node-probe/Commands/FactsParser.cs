// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Reading;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>Reads recorded facts and refuses what the engine cannot rely on.</summary>
internal static class FactsParser
{
    /// <summary>Reads one object or an array of objects.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out IReadOnlyList<NodeFacts> nodes, [NotNullWhen(false)] out ParseProblem? problem)
    {
        nodes = [];
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];
        try
        {
            problem = FactsScreen.FaultOf(json, FactsLimits.File) is { } fault ? At(json, fault) : null;
            if (problem is not null) return false;
            nodes = IsArray(json)
                ? JsonSerializer.Deserialize(json, CheckedFactsJson.ListOfNodeFacts) ?? []
                : JsonSerializer.Deserialize(json, CheckedFactsJson.NodeFacts) is { } node ? [node] : [];
        }
        catch (JsonException e)
        {
            problem = new ParseProblem(e.LineNumber + 1 ?? 1, Reason(e));
            return false;
        }

        problem = nodes.Count == 0 ? "no facts in it" : nodes.Any(node => node.Node.Length == 0) ? "the node has no name" : null;
        return problem is null;
    }

    private static bool IsArray(ReadOnlySpan<byte> json) => json.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    private static ParseProblem At(ReadOnlySpan<byte> json, FactsFault fault) => new(1 + json[..(int)fault.Position].Count((byte)'\n'), fault.Reason);

    /// <summary>The serializer repeats path and position at the end of its message; the line is said already.</summary>
    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        if (end < 0) end = e.Message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        var reason = end < 0 ? e.Message : e.Message[..end];
        return string.IsNullOrEmpty(e.Path) || e.Path == "$" ? reason : $"{reason} (at {e.Path})";
    }
}

/// <summary>Why a file is refused.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Reason">One line.</param>
internal sealed record ParseProblem(long Line, string Reason)
{
    public static implicit operator ParseProblem?(string? reason) => reason is null ? null : new ParseProblem(1, reason);
}
