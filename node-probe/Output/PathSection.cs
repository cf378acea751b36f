// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>The paths that somebody asked about: verdict and reason of each direction, and its steps.</summary>
internal sealed class PathSection(Paper paper)
{
    public void Write(IReadOnlyList<PathResult> results)
    {
        if (results.Count == 0) return;
        paper.Blank();
        paper.Title("Paths");
        foreach (var result in results)
        {
            var way = $"{PlainText.OneLine(result.Path)}, {result.Direction.ToString().ToLowerInvariant()} from {End(result.Source?.ToString(), result.FromNode)} to {End(result.Destination?.ToString(), result.ToNode)}";
            var code = result.Code is { } found ? $" ({found}{(result.RootCause is { } cause && cause != found ? $", explained by {cause}" : "")})" : "";
            paper.Words(2, $"{way}: {Word(result.Verdict)}{code}", 2);
            paper.Words(4, result.Reason, 2);
            foreach (var step in result.Steps) paper.Words(6, $"{Mark(step.Outcome)} {step.Place}{(step.Node is { } node ? $" ({PlainText.OneLine(node)})" : "")}: {step.What}", 4);
        }
    }

    private static string End(string? address, string? node) => (address, node) switch
    {
        ({ } known, { } name) => $"{known} on {PlainText.OneLine(name)}",
        ({ } known, null) => known,
        (null, { } name) => PlainText.OneLine(name),
        _ => "?",
    };

    private static string Word(PathVerdict verdict) => verdict switch
    {
        PathVerdict.Works => "works",
        PathVerdict.Fails => "fails",
        _ => "could not be checked",
    };

    private static string Mark(PathStepOutcome outcome) => outcome switch
    {
        PathStepOutcome.Passes => "ok",
        PathStepOutcome.Fails => "FAILS",
        _ => "?",
    };
}
