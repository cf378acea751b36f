// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Operator.Intake;

/// <summary>Which taints keep a DaemonSet's pods off a node.</summary>
internal static class TaintCheck
{
    /// <summary>
    /// The DaemonSet controller adds tolerations for these to every pod (for network-unavailable to those on the host network): a cordoned or sick node is no
    /// reason for a missing pod.
    /// </summary>
    private static readonly string[] AlwaysTolerated =
    [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
        "node.kubernetes.io/disk-pressure",
        "node.kubernetes.io/memory-pressure",
        "node.kubernetes.io/pid-pressure",
        "node.kubernetes.io/unschedulable",
        "node.kubernetes.io/network-unavailable",
    ];

    /// <summary>The taints that these tolerations do not tolerate, as kubectl writes them.</summary>
    /// <param name="node">The node.</param>
    /// <param name="tolerations">Those of the pod template; null when they are not known, which tolerates none.</param>
    public static IReadOnlyList<string> KeepingAway(Node node, IReadOnlyList<Toleration>? tolerations) =>
    [
        .. (node.Spec?.Taints ?? [])
            .Where(taint => taint.Effect is "NoSchedule" or "NoExecute" && !AlwaysTolerated.Contains(taint.Key))
            .Where(taint => tolerations?.Any(toleration => Tolerates(toleration, taint)) != true)
            .Select(taint => $"{taint.Key}{(string.IsNullOrEmpty(taint.Value) ? "" : "=" + taint.Value)}:{taint.Effect}"),
    ];

    // core/v1 Toleration.ToleratesTaint.
    private static bool Tolerates(Toleration toleration, Taint taint)
    {
        if (!string.IsNullOrEmpty(toleration.Effect) && toleration.Effect != taint.Effect)
            return false;
        if (!string.IsNullOrEmpty(toleration.Key) && toleration.Key != taint.Key)
            return false;
        return toleration.Operator == "Exists" || (!string.IsNullOrEmpty(toleration.Key) && (toleration.Value ?? "") == (taint.Value ?? ""));
    }
}
