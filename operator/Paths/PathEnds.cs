// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Paths;

/// <summary>Finds the addresses and nodes of what paths name. Single objects are read when they are needed; nothing is watched.</summary>
internal sealed class PathEnds(IKubernetesClient client, IReadOnlyList<Node> nodes)
{
    /// <summary>Endpoints of a service that are looked at: a fault of the network shows on the first, one of a node on another one.</summary>
    private const int MaxEndpoints = 2;

    private const int MaxAddresses = 6;

    /// <summary>A pod.</summary>
    public async Task<KubeResult<FoundEnds>> PodAsync(NamespacedName name, CancellationToken ct)
    {
        if (!IsName(name)) return None("the pod's name is none");
        var read = await client.GetAsync(BuiltInTypes.Pod, name.Namespace, name.Name, ct);
        if (!read.IsSuccess) return Refused($"pod {name.Namespace}/{name.Name}", read.Error);
        var pod = read.Value;
        if (pod.Spec?.NodeName is not { Length: > 0 } node) return None($"pod {name.Namespace}/{name.Name} is on no node");
        if (pod.Status?.Phase is "Succeeded" or "Failed") return None($"pod {name.Namespace}/{name.Name} has ended");
        if (pod.Spec.HostNetwork == true) return KubeResult<FoundEnds>.Ok(Node(node));
        var addresses = Parse((pod.Status?.PodIps ?? []).Select(ip => ip?.Ip).Prepend(pod.Status?.PodIp));
        return addresses.Count == 0 ? None($"pod {name.Namespace}/{name.Name} has no address") : KubeResult<FoundEnds>.Ok(FoundEnds.One(new PathEnd(node, addresses)));
    }

    /// <summary>A node: its internal addresses, and those that it may have in its pods' networks.</summary>
    public FoundEnds Node(string name)
    {
        if (nodes.FirstOrDefault(candidate => candidate.Metadata.Name == name) is not { } node) return FoundEnds.None($"there is no node {name}");
        var own = Parse((node.Status?.Addresses ?? []).Where(address => address?.Type == "InternalIP").Select(address => address.Address));
        return own.Count == 0 ? FoundEnds.None($"node {name} has no internal address") : FoundEnds.One(new PathEnd(name, own) { IsNode = true, Further = [.. PodNetworks(node)] });
    }

    /// <summary>The ready endpoints of a service.</summary>
    public async Task<KubeResult<FoundEnds>> ServiceAsync(NamespacedName name, PathProtocol protocol, int? port, CancellationToken ct)
    {
        if (!IsName(name)) return None("the service's name is none");
        var title = $"service {name.Namespace}/{name.Name}";
        var read = await client.GetAsync(BuiltInTypes.Service, name.Namespace, name.Name, ct);
        if (!read.IsSuccess) return Refused(title, read.Error);
        if (read.Value.Spec?.Type == "ExternalName") return None($"{title} is another name of something outside the cluster");
        var wanted = (read.Value.Spec?.Ports ?? []).FirstOrDefault(candidate => candidate.Port == port && (candidate.Protocol ?? "TCP") == protocol.ToString());
        if (port is not null && wanted is null) return None($"{title} has no port {port} of {protocol}");
        var options = new ListOptions { Namespace = name.Namespace, LabelSelector = $"{EndpointSlice.ServiceLabel}={name.Name}" };
        var slices = await client.ListAsync(BuiltInTypes.EndpointSlice, options, ct);
        if (!slices.IsSuccess) return Refused($"the endpoints of {title}", slices.Error);
        List<PathEnd> ends =
        [
            .. (slices.Value.Items ?? []).SelectMany(slice => EndsOf(slice, wanted))
                .DistinctBy(end => end.Addresses[0]).OrderBy(end => end.Node, StringComparer.Ordinal).ThenBy(end => end.Addresses[0]).Take(MaxEndpoints),
        ];
        return ends.Count == 0 ? None($"{title} has no ready endpoint") : KubeResult<FoundEnds>.Ok(new FoundEnds(ends, null));
    }

    // Network agents give a network's first two addresses to the node's own devices.
    private static IEnumerable<IpAddr> PodNetworks(Node node)
    {
        foreach (var text in (node.Spec?.PodCidrs ?? []).Take(2))
        {
            if (!IpPrefix.TryParse(text, out var prefix) || prefix.IsHost) continue;
            yield return prefix.Network;
            yield return IpAddr.FromBits(prefix.Family, prefix.Network.Bits + UInt128.One);
        }
    }

    /// <summary>An address of anybody; which node has it shows when the nodes have looked.</summary>
    public static FoundEnds Address(string text) =>
        IpAddr.TryParse(text, out var address) && !address.IsUnspecified && !address.IsMulticast && !address.IsLoopback
            ? FoundEnds.One(new PathEnd(null, [address]))
            : FoundEnds.None("the address is none of a host");

    private static IEnumerable<PathEnd> EndsOf(EndpointSlice slice, ServicePort? wanted)
    {
        var port = wanted is null ? null : (slice.Ports ?? []).FirstOrDefault(candidate => (candidate.Name ?? "") == (wanted.Name ?? "") && (candidate.Protocol ?? "TCP") == (wanted.Protocol ?? "TCP"));
        if (wanted is not null && port?.Port is not (> 0 and <= 65535)) yield break;
        foreach (var endpoint in (slice.Endpoints ?? []).Where(candidate => candidate?.Conditions?.Ready != false))
        {
            if (Parse((endpoint.Addresses ?? []).Take(1)) is [var address]) yield return new PathEnd(endpoint.NodeName, [address]) { Port = port?.Port };
        }
    }

    // The names become parts of a request's path; the CRD says the same of them.
    private static bool IsName(NamespacedName name) => LabelSyntax.IsDnsSubdomain(name.Namespace) && LabelSyntax.IsDnsSubdomain(name.Name);

    private static List<IpAddr> Parse(IEnumerable<string?> texts)
    {
        var found = new List<IpAddr>();
        foreach (var text in texts)
        {
            if (IpAddr.TryParse(text, out var address) && !found.Contains(address) && found.Count < MaxAddresses) found.Add(address);
        }

        return found;
    }

    private static KubeResult<FoundEnds> None(string problem) => KubeResult<FoundEnds>.Ok(FoundEnds.None(problem));

    // What is not there or may not be read stays so during the run; anything else is tried again.
    private static KubeResult<FoundEnds> Refused(string what, KubeError error) => error.Kind switch
    {
        KubeErrorKind.NotFound => None($"there is no {what}"),
        KubeErrorKind.Forbidden => None($"the operator may not read {what}"),
        KubeErrorKind.Invalid or KubeErrorKind.BadRequest => None($"{what} could not be read: {error.Kind}"),
        _ => error,
    };
}
