// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Operator.Reconciling.Networks;

/// <summary>
/// Reads the resources in which pod networks publish what is not on nodes. Only those of networks whose device a probe reported are asked for, once a
/// minute at most; where the resource or the right to read it is not there, nothing is known and nothing is said.
/// </summary>
internal sealed class NetworkResources(IKubernetesClient client, TimeProvider time)
{
    /// <summary>A run asks some times a minute; agents publish at their start.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    /// <summary>What is not installed, or not allowed, seldom comes within minutes.</summary>
    private static readonly TimeSpan Absence = TimeSpan.FromMinutes(10);

    private const string CiliumDevice = "cilium_wg0";
    private const int AddressLimit = 16;
    private const int RangeLimit = 64;

    private static readonly string[] Keys = ["network.cilium.io/wg-pub-key", "io.cilium.network.wg-pub-key"];

    private static readonly IReadOnlyDictionary<string, NodeSupplement> Nothing = new Dictionary<string, NodeSupplement>(StringComparer.Ordinal);

    // One object, because several runs may ask at once; two that do only list twice.
    private volatile Answer _answer = new(Nothing, DateTimeOffset.MinValue);

    /// <summary>What is published beside the nodes, by node; empty when no reported device calls for it.</summary>
    public async Task<IReadOnlyDictionary<string, NodeSupplement>> ForAsync(IReadOnlyList<NodeFacts> facts, CancellationToken ct)
    {
        if (!facts.Any(HasCilium)) return Nothing;
        var last = _answer;
        if (time.GetUtcNow() < last.Next) return last.Known;
        var listed = await client.ListAsync(CiliumNode.Type, new ListOptions(), ct);
        if (listed.Value is { } list)
        {
            var known = new Dictionary<string, NodeSupplement>(StringComparer.Ordinal);
            foreach (var item in list.Items)
            {
                if (item?.Metadata.Name is { } name) known[name] = Read(item);
            }

            return (_answer = new Answer(known, time.GetUtcNow() + Fresh)).Known;
        }

        // What is gone is forgotten; what an outage hides stays, and is soon asked for again.
        var absent = listed.Error!.Kind is KubeErrorKind.NotFound or KubeErrorKind.Forbidden;
        return (_answer = new Answer(absent ? Nothing : last.Known, time.GetUtcNow() + (absent ? Absence : Fresh))).Known;
    }

    private static bool HasCilium(NodeFacts facts) => facts.Namespaces.Any(space =>
        space?.KernelWireGuard?.Value?.Any(device => device?.Name == CiliumDevice) == true);

    private sealed record Answer(IReadOnlyDictionary<string, NodeSupplement> Known, DateTimeOffset Next);

    private static NodeSupplement Read(CiliumNode node)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in Keys)
        {
            if (node.Metadata.Annotations?.TryGetValue(key, out var value) == true && value is { Length: <= KnownAnnotations.ValueLimit }) annotations[key] = value;
        }

        return new NodeSupplement(
            annotations,
            [.. (node.Spec?.Addresses ?? []).Take(AddressLimit).Where(one => one is { Type: "InternalIP" or "ExternalIP" }).Select(one => IpAddr.TryParse(one.Ip, out var address) ? address : (IpAddr?)null).OfType<IpAddr>()],
            [.. (node.Spec?.Ipam?.PodCidrs ?? []).Take(RangeLimit).Select(text => IpPrefix.TryParse(text, out var range) ? range : (IpPrefix?)null).OfType<IpPrefix>()]);
    }
}

/// <summary>What a resource of its own says of a node.</summary>
/// <param name="Annotations">Known annotations, bounded.</param>
/// <param name="Addresses">Addresses by which other nodes reach it.</param>
/// <param name="PodCidrs">Ranges for its pods.</param>
internal sealed record NodeSupplement(IReadOnlyDictionary<string, string> Annotations, IReadOnlyList<IpAddr> Addresses, IReadOnlyList<IpPrefix> PodCidrs);
