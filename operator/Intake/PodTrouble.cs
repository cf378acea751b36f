// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Reporting;

namespace KubeWgDiag.Operator.Intake;

/// <summary>What keeps a pod from working, in the words of scheduler and kubelet.</summary>
internal static class PodTrouble
{
    /// <summary>Reason and message; null when the pod runs.</summary>
    public static (string Reason, string? Message)? Of(Pod pod)
    {
        var status = pod.Status;
        if (status?.Phase == "Failed")
            return (Reasons.PodFailed, $"pod {pod.Metadata.Name}: {status.Reason}: {status.Message}");
        foreach (var container in status?.ContainerStatuses ?? [])
        {
            if (container.State?.Waiting is { Reason: { } reason } waiting && reason != "ContainerCreating")
                return (CamelCaseOr(reason, Reasons.PodPending), $"{waiting.Message}{LastWords(container)}");
            if (container.State?.Terminated is { } terminated)
                return (Reasons.PodFailed, Ending(terminated));
        }

        if (status?.Phase == "Running")
            return null;
        var unscheduled = status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" });
        return (Reasons.PodPending, unscheduled?.Message ?? $"pod {pod.Metadata.Name} has not started");
    }

    /// <summary>True when the pod's containers are ready.</summary>
    public static bool IsReady(Pod pod) =>
        pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    private static string LastWords(ContainerStatus container) =>
        container.LastState?.Terminated is { } last ? $" (last {Ending(last)})" : "";

    private static string Ending(ContainerStateTerminated ended) =>
        $"end: {ended.Reason}, exit code {ended.ExitCode}{(string.IsNullOrWhiteSpace(ended.Message) ? "" : ": " + ended.Message.Trim())}";

    // ImagePullBackOff, CrashLoopBackOff ...: the kubelet's own word says more than ours. Anything that is not such a word is not passed on.
    private static string CamelCaseOr(string reason, string otherwise) =>
        reason.Length is > 0 and <= 64 && reason.All(char.IsAsciiLetterOrDigit) && char.IsAsciiLetter(reason[0]) ? reason : otherwise;
}
