// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Planning;
using KubeWgDiag.Chaos.Runs;
using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Chaos.Checks;

/// <summary>Whether a diagnosis came to the end that its kind has, with exactly the causes that are there. Pure.</summary>
internal static class EndCheck
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="story">Its statuses as they were seen.</param>
    public static IEnumerable<string> FaultsOf(DiagnosisOutcome outcome, IReadOnlyList<TunnelDiagnosisStatus> story)
    {
        if (!outcome.Ended)
        {
            yield return $"did not end in time; phase {outcome.Last?.Status?.Phase}, run {outcome.Last?.Status?.Run}, nodes {outcome.Last?.Status?.Nodes?.Progress}, {Absent(outcome.Last?.Status)}";
            yield break;
        }

        foreach (var fault in Runs(outcome.Plan.Kind, StoryCheck.RunsOf(story)))
            yield return fault;
        // One that is gone is judged by what was last seen of it, if its end was seen at all.
        var last = outcome.Last?.Status ?? (outcome.Plan.Kind == DiagnosisKind.Expiring ? story.LastOrDefault(status => status.CompletionTime is not null) : null);
        if (last?.CompletionTime is null) yield break;
        var found = (last.RootCauses ?? []).Select(cause => $"{cause.Code} {cause.Node}").ToList();
        if (!found.SequenceEqual(outcome.Plan.ExpectedCauses, StringComparer.Ordinal))
            yield return $"found [{string.Join(", ", found)}] instead of [{string.Join(", ", outcome.Plan.ExpectedCauses)}]";
        if (last.Nodes?.Reported != KnownMesh.Nodes.Count) yield return $"ended with {last.Nodes?.Progress} nodes: {Absent(last)}";
    }

    private static IEnumerable<string> Runs(DiagnosisKind kind, IReadOnlyList<string> runs)
    {
        var (least, most) = kind switch
        {
            DiagnosisKind.Refused => (0, 0),
            DiagnosisKind.Deleted => (0, 1),
            DiagnosisKind.Expiring => (0, 1),
            // The first question may have been answered before it changed, or never have been begun.
            DiagnosisKind.Changed => (1, 2),
            // A third run may begin before the suspension arrives.
            DiagnosisKind.Interval => (2, 3),
            DiagnosisKind.Scheduled => (1, 2),
            _ => (1, 1),
        };
        if (runs.Count < least || runs.Count > most) yield return $"had {runs.Count} runs instead of {least} to {most}: {string.Join(", ", runs)}";
    }

    private static string Absent(TunnelDiagnosisStatus? status) =>
        string.Join("; ", (status?.Nodes?.NotReported ?? []).Select(node => $"{node.Node}: {node.Reason}: {node.Message}"));
}
