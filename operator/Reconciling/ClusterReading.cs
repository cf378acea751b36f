// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Makes facts of Node objects. Annotations are written by agents and by people: what does not parse is left out here or judged by the rules.</summary>
internal static class ClusterReading
{
    /// <summary>A node has an address of each family and type, seldom more.</summary>
    private const int AddressLimit = 16;

    /// <summary>What the nodes say.</summary>
    /// <param name="nodes">All nodes of the cluster.</param>
    /// <param name="at">When the cache was asked.</param>
    public static ClusterFacts Read(IReadOnlyList<Node> nodes, DateTimeOffset at) => new(at, [.. nodes.Where(node => node.Metadata.Name is not null).Select(Read)]);

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
        Annotations = node.Metadata.Annotations is { } all
            ? all.Where(pair => KnownAnnotations.Keys.Contains(pair.Key) && pair.Value is { Length: <= KnownAnnotations.ValueLimit }).ToDictionary(StringComparer.Ordinal)
            : [],
    };

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
