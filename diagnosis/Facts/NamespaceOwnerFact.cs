// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>Somebody who is in a network namespace or holds it. What is null could not be told or does not apply.</summary>
public sealed record NamespaceOwnerFact
{
    /// <summary>UID of the pod, from the process' cgroup path; for static pods the hash the kubelet uses instead.</summary>
    public string? PodUid { get; init; }

    /// <summary>Id of the container (containerd, CRI-O, docker), from the process' cgroup path.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Process id, as the probe sees it.</summary>
    public int? Pid { get; init; }

    /// <summary>/proc/PID/comm: at most 15 bytes that the process chose itself.</summary>
    public string? Process { get; init; }

    /// <summary>File that the namespace is bound to, such as <c>/run/netns/NAME</c>.</summary>
    public string? Path { get; init; }
}
