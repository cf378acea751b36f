// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Reporting;

namespace KubeWgDiag.Operator.Intake;

/// <summary>
/// Finds out why a node has no report, from what the cluster says of node and pod: the first cause on the way from "the node is there" to
/// "the probe has answered" wins.
/// </summary>
internal static class AbsenceReason
{
    private const int MaxMessage = 1024;

    // PodPending and similar reasons of ours end where the kubelet has a better word; its words are passed on only when they look like one.
    private const int MaxReason = 64;

    /// <summary>Why the node has not answered.</summary>
    /// <param name="nodeName">The node.</param>
    /// <param name="node">Its object; null when it is gone.</param>
    /// <param name="pods">Probe pods on it, or pending for it.</param>
    /// <param name="report">What its NodeProbe says.</param>
    public static NotReportedNode Find(string nodeName, Node? node, IReadOnlyList<Pod> pods, NodeReport report)
    {
        var (reason, message) = report switch
        {
            NodeReport.Invalid invalid => (Reasons.InvalidReport, invalid.Message),
            NodeReport.Failed failed => (Reasons.ProbeFailed, failed.Message),
            _ => FromCluster(node, pods, report),
        };
        return new NotReportedNode
        {
            Node = nodeName,
            Reason = PlainText.CleanOr(reason, MaxReason, Reasons.NoReport),
            Message = PlainText.CleanOr(message, MaxMessage, reason),
        };
    }

    private static (string Reason, string? Message) FromCluster(Node? node, IReadOnlyList<Pod> pods, NodeReport report)
    {
        if (node is null)
            return (Reasons.NodeGone, "the node is no longer in the cluster");
        if (NotReady(node) is { } notReady)
            return (Reasons.NodeNotReady, notReady);
        // The newest pod tells how it is now; an older one may be on its way out.
        return pods.MaxBy(pod => pod.Metadata.CreationTimestamp) is not { } pod
            ? (Reasons.NoPod, NoPodMessage(node))
            : PodTrouble.Of(pod) ?? WithRunningPod(pod, report);
    }

    private static string? NotReady(Node node)
    {
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        return ready is null or { Status: "True" }
            ? null
            : $"the node's Ready condition is {ready.Status}: {ready.Reason}: {ready.Message}";
    }

    private static string NoPodMessage(Node node)
    {
        var taints = (node.Spec?.Taints ?? [])
            .Where(taint => taint.Effect is "NoSchedule" or "NoExecute")
            .Select(taint => $"{taint.Key}{(string.IsNullOrEmpty(taint.Value) ? "" : "=" + taint.Value)}:{taint.Effect}")
            .ToList();
        return taints.Count == 0
            ? "no probe pod was made for the node"
            : $"no probe pod was made for the node, whose taints are {string.Join(", ", taints)}; spec.tolerations may not tolerate them";
    }

    private static (string, string?) WithRunningPod(Pod pod, NodeReport report) => report is NodeReport.Silent { ProbeStarted: { } started }
        ? (Reasons.NoReport, $"the probe began at {started.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} (the node's clock) and has not finished")
        : (Reasons.NoReport, $"the probe pod {pod.Metadata.Name} runs and has not answered");
}
