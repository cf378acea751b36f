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
    /// <param name="daemonSet">What makes the pods; null when it is not there.</param>
    public static NotReportedNode Find(string nodeName, Node? node, IReadOnlyList<Pod> pods, NodeReport report, DaemonSet? daemonSet)
    {
        var (reason, message) = report switch
        {
            NodeReport.Invalid invalid => (Reasons.InvalidReport, invalid.Message),
            NodeReport.Failed failed => (Reasons.ProbeFailed, failed.Message),
            _ => FromCluster(node, pods, report, daemonSet),
        };
        return new NotReportedNode
        {
            Node = nodeName,
            Reason = PlainText.CleanOr(reason, MaxReason, Reasons.NoReport),
            Message = PlainText.CleanOr(message, MaxMessage, reason),
        };
    }

    private static (string Reason, string? Message) FromCluster(Node? node, IReadOnlyList<Pod> pods, NodeReport report, DaemonSet? daemonSet)
    {
        if (node is null)
            return (Reasons.NodeGone, "the node is no longer in the cluster");
        if (NotReady(node) is { } notReady)
            return (Reasons.NodeNotReady, notReady);
        // The newest pod tells how it is now; an older one may be on its way out.
        return pods.MaxBy(pod => pod.Metadata.CreationTimestamp) is not { } pod
            ? WithoutPod(node, daemonSet)
            : PodTrouble.Of(pod) ?? WithRunningPod(pod, report);
    }

    private static string? NotReady(Node node)
    {
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        if (ready is null or { Status: "True" })
            return null;
        var since = ready.LastTransitionTime is { } time ? $" since {Words.Of(time)}" : "";
        return $"the node's Ready condition is {ready.Status}{since}: {ready.Reason}: {ready.Message}";
    }

    private static (string, string) WithoutPod(Node node, DaemonSet? daemonSet)
    {
        // Who reads "cordoned" on the node looks for the fault there, in vain.
        var cordoned = node.Spec?.Unschedulable == true ? "; that the node is cordoned does not keep the pods of a DaemonSet away" : "";
        var taints = string.Join(", ", TaintCheck.KeepingAway(node, daemonSet?.Spec?.Template.Spec.Tolerations));
        return (daemonSet, taints) switch
        {
            (not null, not "") => (Reasons.TaintedAway, $"no probe pod was made for the node, because the probes do not tolerate {taints}; see spec.tolerations"),
            (null, not "") => (Reasons.NoPod, $"no probe pod was made for the node, whose taints are {taints}; spec.tolerations may not tolerate them"),
            _ => (Reasons.NoPod, $"no probe pod was made for the node{cordoned}"),
        };
    }

    private static (string, string?) WithRunningPod(Pod pod, NodeReport report)
    {
        var reason = PodTrouble.RanOutOfMemory(pod) ? Reasons.OutOfMemory : Reasons.NoReport;
        return report is NodeReport.Silent { ProbeStarted: { } started }
            ? (reason, $"the probe began at {Words.Of(started)} (the node's clock) and has not finished{PodTrouble.Restarts(pod)}")
            : (reason, $"the probe pod {pod.Metadata.Name} runs and has not answered{PodTrouble.Restarts(pod)}");
    }
}
