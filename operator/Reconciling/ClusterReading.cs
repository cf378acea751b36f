// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Reconciling.Networks;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Makes facts of Node objects. Annotations are written by agents and by people: what does not parse is left out here or judged by the rules.</summary>
internal static class ClusterReading
{
    /// <summary>A node has an address of each family and type, seldom more.</summary>
    private const int AddressLimit = 16;

    /// <summary>Reasons are words without spaces; this is more than any has.</summary>
    private const int ReasonLimit = 128;

    /// <summary>Networks whose agents write the condition.</summary>
    private static readonly string[] Networks = ["Calico", "Cilium", "Flannel", "Antrea", "Kilo"];

    /// <summary>What the nodes say.</summary>
    /// <param name="nodes">All nodes of the cluster.</param>
    /// <param name="at">When the cache was asked.</param>
    /// <param name="more">What resources of pod networks say of nodes, by name; null = nobody asked.</param>
    public static ClusterFacts Read(IReadOnlyList<Node> nodes, DateTimeOffset at, IReadOnlyDictionary<string, NodeSupplement>? more = null) =>
        new(at, [.. nodes.Where(node => node.Metadata.Name is not null).Select(node => Add(Read(node), more))]);

    // A network with resources of its own keeps its own book of ranges: the node's are not its.
    private static ClusterNode Add(ClusterNode node, IReadOnlyDictionary<string, NodeSupplement>? more) => more?.GetValueOrDefault(node.Name) is not { } own
        ? node
        : node with
        {
            Addresses = [.. node.Addresses.Union(own.Addresses)],
            PodCidrs = own.PodCidrs.Count > 0 ? own.PodCidrs : node.PodCidrs,
            Annotations = node.Annotations.Concat(own.Annotations).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
        };

    private static ClusterNode Read(Node node) => new()
    {
        Name = node.Metadata.Name!,
        Addresses = [.. Parse(node.Status?.Addresses)],
        PodCidrs = [.. Parse(node.Spec?.PodCidrs)],
        Ready = node.Status?.Conditions?.FirstOrDefault(condition => condition?.Type == "Ready")?.Status switch
        {
            "True" => true,
            "False" => false,
            _ => null,
        },
        Agent = Agent(node.Status?.Conditions),
        Annotations = node.Metadata.Annotations is { } all
            ? all.Where(pair => KnownAnnotations.Keys.Contains(pair.Key) && pair.Value is { Length: <= KnownAnnotations.ValueLimit }).ToDictionary(StringComparer.Ordinal)
            : [],
    };

    /// <summary>
    /// The condition by which agents themselves say that a node's network is down; its reason begins with their name (CalicoIsDown). Clouds use the same
    /// condition for routes of their own, with other reasons.
    /// </summary>
    private static ClusterAgent? Agent(IReadOnlyList<StatusCondition>? conditions)
    {
        if (conditions?.FirstOrDefault(condition => condition is { Type: "NetworkUnavailable", Status: "True" }) is not { Reason: { } reason } down) return null;
        return Networks.FirstOrDefault(name => reason.StartsWith(name, StringComparison.Ordinal)) is { } network
            ? new ClusterAgent(reason.Length <= ReasonLimit ? reason : reason[..ReasonLimit], Ready: false, down.LastTransitionTime, network)
            : null;
    }

    private static IEnumerable<IpAddr> Parse(IReadOnlyList<NodeAddress>? addresses)
    {
        foreach (var item in (addresses ?? []).Take(AddressLimit))
        {
            if (item is { Type: "InternalIP" or "ExternalIP" } && IpAddr.TryParse(item.Address, out var address)) yield return address;
        }
    }

    private static IEnumerable<IpPrefix> Parse(IReadOnlyList<string>? prefixes)
    {
        foreach (var text in (prefixes ?? []).Take(AddressLimit))
        {
            if (IpPrefix.TryParse(text, out var prefix)) yield return prefix;
        }
    }
}
