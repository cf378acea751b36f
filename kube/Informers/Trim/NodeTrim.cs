// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.Informers.Trim;

/// <summary>
/// Keeps of a node what placing and judging a probe needs: identity, labels, taints, unschedulable, and the Ready condition. The
/// rest (images, addresses, other conditions, annotations of every agent in the cluster) is most of a node's bytes.
/// </summary>
public static class NodeTrim
{
    /// <summary>A transform for one informer; it shares equal texts among the nodes that pass through it.</summary>
    /// <param name="network">What to keep of a node's part in the network; null = nothing.</param>
    public static Func<Node, Node> Create(NodeNetwork? network = null)
    {
        var pool = new StringPool();
        return network is null ? node => Keep(node, pool) : node => KeepNetwork(Keep(node, pool), node, network, pool);
    }

    private static Node Keep(Node node, StringPool pool) => new()
    {
        Metadata = MetaTrim.Keep(node.Metadata, pool),
        Spec = node.Spec is { } spec && (spec.Unschedulable is not null || spec.Taints is { Count: > 0 })
            ? new NodeSpec { Unschedulable = spec.Unschedulable, Taints = Taints(spec.Taints, pool) }
            : null,
        Status = Ready(node.Status?.Conditions, pool) is { } ready ? new NodeStatus { Conditions = new[] { ready } } : null,
    };

    private static Node KeepNetwork(Node kept, Node whole, NodeNetwork network, StringPool pool) => kept with
    {
        Metadata = kept.Metadata with { Annotations = network.Keep(whole.Metadata.Annotations, pool) },
        Spec = whole.Spec?.PodCidrs is { Count: > 0 } cidrs ? (kept.Spec ?? new NodeSpec()) with { PodCidrs = cidrs } : kept.Spec,
        Status = Down(Addressed(kept.Status, whole, pool), whole.Status?.Conditions, pool),
    };

    private static NodeStatus? Addressed(NodeStatus? kept, Node whole, StringPool pool) =>
        whole.Status?.Addresses is { Count: > 0 } addresses ? (kept ?? new NodeStatus()) with { Addresses = NodeNetwork.Keep(addresses, pool) } : kept;

    /// <summary>That a node's network is up is what every node says; only the contrary is worth its bytes.</summary>
    private static NodeStatus? Down(NodeStatus? kept, IReadOnlyList<StatusCondition>? conditions, StringPool pool)
    {
        if (conditions?.FirstOrDefault(condition => condition is { Type: "NetworkUnavailable", Status: "True" }) is not { } down) return kept;
        var condition = new StatusCondition { Type = pool.Share(down.Type), Status = pool.Share(down.Status), Reason = pool.Share(down.Reason), LastTransitionTime = down.LastTransitionTime };
        return (kept ?? new NodeStatus()) with { Conditions = [.. kept?.Conditions ?? [], condition] };
    }

    private static Taint[]? Taints(IReadOnlyList<Taint>? taints, StringPool pool)
    {
        if (taints is not { Count: > 0 }) return null;
        var kept = new Taint[taints.Count];
        for (int i = 0; i < kept.Length; i++)
            kept[i] = new Taint { Key = pool.Share(taints[i]?.Key), Value = pool.Share(taints[i]?.Value), Effect = pool.Share(taints[i]?.Effect) };
        return kept;
    }

    /// <summary>The message differs from node to node and from kubelet to kubelet: it stays where the node is not ready, for then people read it.</summary>
    private static StatusCondition? Ready(IReadOnlyList<StatusCondition>? conditions, StringPool pool)
    {
        foreach (StatusCondition? condition in conditions ?? [])
        {
            if (condition is not { Type: "Ready" }) continue;
            return new StatusCondition
            {
                Type = pool.Share(condition.Type),
                Status = pool.Share(condition.Status),
                Reason = pool.Share(condition.Reason),
                Message = condition.Status == "True" ? null : condition.Message,
                LastTransitionTime = condition.LastTransitionTime,
            };
        }

        return null;
    }
}
