// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
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
        if (pod.Metadata.DeletionTimestamp is { } deletion)
            return (Reasons.PodTerminating, $"the probe pod {pod.Metadata.Name} is being removed, to be gone by {Words.Of(deletion)}");
        // Evicted, OutOfcpu, NodeAffinity, Preempting ...
        if (status?.Phase == "Failed")
            return (CamelCaseOr(status.Reason, Reasons.PodFailed), $"pod {pod.Metadata.Name} has failed: {status.Reason}: {status.Message}{LastWords(status.ContainerStatuses)}");
        if ((OfInit(status) ?? OfContainers(status)) is { } trouble)
            return trouble;
        if (status?.Phase == "Running")
            return null;
        var unscheduled = status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" });
        return (Reasons.PodPending, unscheduled?.Message ?? unscheduled?.Reason ?? $"pod {pod.Metadata.Name} has not started");
    }

    /// <summary>True when the pod's containers are ready.</summary>
    public static bool IsReady(Pod pod) =>
        pod.Metadata.DeletionTimestamp is null && pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    /// <summary>How often the containers of a running pod were restarted and how the last one ended; empty when none was.</summary>
    public static string Restarts(Pod pod)
    {
        var containers = pod.Status?.ContainerStatuses ?? [];
        var restarts = containers.Sum(container => (long)Math.Max(0, container.RestartCount ?? 0));
        return restarts == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; it was restarted {restarts} times{LastWords(containers)}");
    }

    /// <summary>True when the last container that ended did so for want of memory.</summary>
    public static bool RanOutOfMemory(Pod pod) => (pod.Status?.ContainerStatuses ?? []).Any(container => container.LastState?.Terminated?.Reason == Reasons.OutOfMemory);

    // The probe has none; some service meshes add one to every pod.
    private static (string, string?)? OfInit(PodStatus? status)
    {
        foreach (var container in status?.InitContainerStatuses ?? [])
        {
            if (Waiting(container) is { } waiting)
                return (waiting.Reason, $"init container {container.Name}: {waiting.Message}");
            if (container.State?.Terminated is { ExitCode: not 0 } ended)
                return (Reasons.InitNotDone, $"init container {container.Name} has failed ({Ending(ended)})");
            if (container.State?.Running is { } running && container.Started != true)
                return (Reasons.InitNotDone, $"init container {container.Name} runs{(running.StartedAt is { } since ? $" since {Words.Of(since)}" : "")} and has not ended");
        }

        return null;
    }

    private static (string, string?)? OfContainers(PodStatus? status)
    {
        foreach (var container in status?.ContainerStatuses ?? [])
        {
            if (Waiting(container) is { } waiting)
                return waiting;
            if (container.State?.Terminated is { } terminated)
                return (terminated.Reason == Reasons.OutOfMemory ? Reasons.OutOfMemory : Reasons.PodFailed, Ending(terminated));
        }

        return null;
    }

    private static (string Reason, string? Message)? Waiting(ContainerStatus container)
    {
        // The two words of a pod that is on its way say nothing.
        if (container.State?.Waiting is not { Reason: { } word and not ("ContainerCreating" or "PodInitializing") } waiting)
            return null;
        // The back-off is what one sees, memory is what has to change.
        var reason = container.LastState?.Terminated?.Reason == Reasons.OutOfMemory ? Reasons.OutOfMemory : CamelCaseOr(word, Reasons.PodPending);
        return (reason, $"{waiting.Message}{LastWords([container])}");
    }

    private static string LastWords(IReadOnlyList<ContainerStatus>? containers) =>
        containers?.Select(container => container.LastState?.Terminated).FirstOrDefault(ended => ended is not null) is { } last ? $" (last {Ending(last)})" : "";

    private static string Ending(ContainerStateTerminated ended)
    {
        var signal = ended.Signal is > 0 ? $", signal {ended.Signal}" : "";
        return $"end: {ended.Reason}, exit code {ended.ExitCode}{signal}{(string.IsNullOrWhiteSpace(ended.Message) ? "" : ": " + ended.Message.Trim())}";
    }

    // ImagePullBackOff, CrashLoopBackOff ...: the kubelet's own word says more than ours. Anything that is not such a word is not passed on.
    private static string CamelCaseOr(string? reason, string otherwise) =>
        reason is { Length: > 0 and <= 64 } && reason.All(char.IsAsciiLetterOrDigit) && char.IsAsciiLetter(reason[0]) ? reason : otherwise;
}
