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
        if (progress.VerdictFailed)
            return Judgement.True(Reasons.VerdictFailed, $"the run is over; {Reported(progress)}, and the operator failed to judge what they reported");
        if (progress.NotReported.Count == 0)
            return Judgement.True(Reasons.AllNodesReported, $"all {progress.Nodes.Count} nodes have reported");
        return progress.AllAnswered
            ? Judgement.True(Reasons.NodesNotReported, $"{Reported(progress)}, the others answered nothing that can be used: {Names(progress)}")
            : Judgement.True(Reasons.DeadlineExceeded, $"{Reported(progress)} before the deadline, these did not: {Names(progress)}");
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

        if (progress.Facts.Count == 0)
            return $"None of {progress.Nodes.Count} nodes has reported: {Names(progress)}.";
        if (progress.VerdictFailed)
            return $"{Unjudged(progress)} The operator's log says why.";
        // First what it rests on: a long sentence of the engine may be cut at its end.
        var partial = progress.NotReported.Count == 0 ? "" : $"Partial, {Reported(progress)}: ";
        var silent = progress.NotReported.Count == 0 ? "" : $" Without a report: {Names(progress)}.";
        return $"{partial}{report.Summary}{silent}{Clocks(progress)}";
    }

    /// <summary>That nothing can be said although nodes have reported.</summary>
    public static string Unjudged(RunProgress progress) => $"{Reported(progress)}, but the operator failed to judge what they reported.";

    /// <summary>"n of m nodes have reported".</summary>
    public static string Reported(RunProgress progress) => $"{progress.Facts.Count} of {progress.Nodes.Count} nodes have reported";

    /// <summary>The Complete condition of a run that was over before another one was waited for in vain.</summary>
    public static Judgement EarlierCompletion(NodeCounts? nodes) => nodes is { } counts && counts.Reported == counts.Desired
        ? Judgement.True(Reasons.AllNodesReported, $"all {counts.Desired} nodes have reported")
        : Judgement.True(Reasons.NodesNotReported, $"{nodes?.Progress ?? "no"} nodes have reported");

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

    private static string Clocks(RunProgress progress)
    {
        if (progress.ClockOff.Count == 0)
            return "";
        var named = progress.ClockOff.Take(NamedInSummary).Select(clock => $"{clock.Node} (at least {Math.Abs((long)clock.OffsetSeconds)} s {(clock.OffsetSeconds > 0 ? "ahead" : "behind")})");
        var more = progress.ClockOff.Count - NamedInSummary;
        return $" The clock is off on {string.Join(", ", named)}{(more > 0 ? $" and {more} more" : "")}.";
    }

    private static string Names(RunProgress progress)
    {
        var named = progress.NotReported.Take(NamedInSummary).Select(node => $"{node.Node} ({node.Reason})");
        var more = progress.NotReported.Count - NamedInSummary;
        return string.Join(", ", named) + (more > 0 ? $" and {more} more" : "");
    }
}
