// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer;

/// <summary>A node that exists from the start.</summary>
/// <param name="Labels">Added to the host name, operating system and architecture labels.</param>
public sealed record EmbeddedNode(string Name, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<string> InternalIps, IReadOnlyList<string> PodCidrs)
{
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>How a node without processes behaves; null: its pods are started by the pod runtime.</summary>
    public NodeBehaviour? Simulated { get; init; }

    public IReadOnlyList<EmbeddedTaint> Taints { get; init; } = [];
}

/// <summary>A taint. <paramref name="Effect"/> is NoSchedule, PreferNoSchedule or NoExecute.</summary>
public sealed record EmbeddedTaint(string Key, string Value, string Effect);
