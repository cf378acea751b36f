// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>The parts of the status that say which nodes have reported.</summary>
internal static class NodeReporting
{
    /// <summary>Nodes named in a summary line.</summary>
    private const int NamedInSummary = 5;

    /// <summary>status.nodes.</summary>
    public static NodeCounts Counts(RunProgress progress) => new()
    {
        Desired = progress.Nodes.Count,
        Reported = progress.Facts.Count,
        Progress = $"{progress.Facts.Count}/{progress.Nodes.Count}",
        NotReported = RootCauseMapper.Bounded(progress.NotReported, StatusLimits.NotReported),
        ClockOff = RootCauseMapper.Bounded(progress.ClockOff, StatusLimits.ClockOff),
    };

    /// <summary>The Complete condition of a run that is over.</summary>
    public static Judgement Completion(RunProgress progress)
    {
        if (progress.Nodes.Count == 0)
            return Judgement.True(Reasons.NoNodesSelected, "no node is selected, so nothing was looked at");
        if (progress.NotReported.Count == 0)
            return Judgement.True(Reasons.AllNodesReported, $"all {progress.Nodes.Count} nodes have reported");
        return progress.AllAnswered
            ? Judgement.True(Reasons.NodesNotReported, $"all nodes have answered, but not usably: {Names(progress)}")
            : Judgement.True(Reasons.DeadlineExceeded, $"the deadline came before these nodes reported: {Names(progress)}");
    }

    /// <summary>The one line of a run that is over.</summary>
    public static string Summary(RunProgress progress, DiagnosisReport report, IReadOnlyDictionary<string, string>? selector)
    {
        if (progress.Nodes.Count == 0)
        {
            return selector is { Count: > 0 }
                ? $"No node carries all labels of nodeSelector ({string.Join(", ", selector.Select(label => $"{label.Key}={label.Value}"))}), so nothing was looked at."
                : "The cluster has no node that can run a probe, so nothing was looked at.";
        }

        if (progress.NotReported.Count == 0)
            return report.Summary;
        return progress.Facts.Count == 0
            ? $"No node has reported: {Names(progress)}."
            : $"{report.Summary} Without a report: {Names(progress)}.";
    }

    /// <summary>Marks nodes whose report came after the end of the run: whoever reads on knows that the probe works and the deadline was short.</summary>
    public static NodeCounts? WithLate(NodeCounts? counts, IReadOnlySet<string> late)
    {
        if (counts?.NotReported is not { } nodes || !nodes.Any(node => late.Contains(node.Node)))
            return counts;
        return counts with
        {
            NotReported =
            [
                .. nodes.Select(node => late.Contains(node.Node)
                    ? node with { Reason = Reasons.ReportedTooLate, Message = "the report came after the deadline; a longer spec.deadlineSeconds would take it in" }
                    : node),
            ],
        };
    }

    private static string Names(RunProgress progress)
    {
        var named = progress.NotReported.Take(NamedInSummary).Select(node => $"{node.Node} ({node.Reason})");
        var more = progress.NotReported.Count - NamedInSummary;
        return string.Join(", ", named) + (more > 0 ? $" and {more} more" : "");
    }
}
