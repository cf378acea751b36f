// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.Informers.Trim;

/// <summary>
/// Keeps of a pod what tells where it is meant to run and why it does not: identity, labels, owners, node name, affinity, phase,
/// conditions and container states. Its containers, volumes and annotations go.
/// </summary>
public static class PodTrim
{
    /// <summary>A transform for one informer; it shares equal texts among the pods that pass through it.</summary>
    public static Func<Pod, Pod> Create()
    {
        var pool = new StringPool();
        return pod => Keep(pod, pool);
    }

    private static Pod Keep(Pod pod, StringPool pool) => new()
    {
        Metadata = MetaTrim.Keep(pod.Metadata, pool),
        // The affinity is where a pod of a DaemonSet names its node before it is bound; afterwards it says nothing new.
        Spec = pod.Spec is { } spec ? new PodSpec { NodeName = spec.NodeName, Affinity = spec.NodeName is null ? spec.Affinity : null } : null,
        Status = pod.Status is { } status
            ? status with { Phase = pool.Share(status.Phase), HostIp = null, PodIp = null, PodIps = null, ContainerStatuses = Share(status.ContainerStatuses, pool) }
            : null,
    };

    private static List<ContainerStatus>? Share(IReadOnlyList<ContainerStatus>? statuses, StringPool pool)
    {
        if (statuses is null) return null;
        var kept = new List<ContainerStatus>(statuses.Count);
        foreach (ContainerStatus? status in statuses)
            if (status is not null) kept.Add(status with { Name = pool.Share(status.Name), Image = pool.Share(status.Image) });
        return kept;
    }
}
