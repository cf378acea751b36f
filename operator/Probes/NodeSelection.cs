// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Operator.Probes;

/// <summary>Which nodes a diagnosis asks, decided as the scheduler decides the nodeSelector of the probe pods: every label must be there with that value.</summary>
internal static class NodeSelection
{
    internal const string OperatingSystemLabel = "kubernetes.io/os";

    /// <summary>The selected nodes in the order of their names.</summary>
    public static IReadOnlyList<Node> Select(IEnumerable<Node> nodes, IReadOnlyDictionary<string, string>? selector) =>
    [
        .. nodes
            .Where(node => node.Metadata.Name is not null && CanRunProbes(node) && Matches(node, selector))
            .OrderBy(node => node.Metadata.Name, StringComparer.Ordinal),
    ];

    private static bool Matches(Node node, IReadOnlyDictionary<string, string>? selector) =>
        selector is null || selector.All(label => node.Metadata.Labels?.GetValueOrDefault(label.Key) == label.Value);

    // The kubelet always sets the label.
    private static bool CanRunProbes(Node node) => node.Metadata.Labels?.GetValueOrDefault(OperatingSystemLabel) == "linux";
}
