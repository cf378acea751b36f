// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Contract;

/// <summary>
/// What an API server would say of the network's nodes: as the agents of the layout's network publish it, until a scenario bends it. The operator reads the
/// same from Node objects; a lab has none.
/// </summary>
public sealed class PublishedCluster
{
    private readonly Scene _scene;
    private readonly Dictionary<string, ClusterNode> _nodes;

    /// <summary>A healthy cluster.</summary>
    public PublishedCluster(Scene scene)
    {
        _scene = scene;
        _nodes = scene.Network.Nodes.ToDictionary(node => node.Name, Healthy, StringComparer.Ordinal);
    }

    /// <summary>Annotation with the device's key, as this layout's network has it.</summary>
    public string KeyAnnotation => (_scene.Layout, _scene.V6) switch
    {
        (Layouts.Calico, false) => "projectcalico.org/WireguardPublicKey",
        (Layouts.Calico, true) => "projectcalico.org/WireguardPublicKeyV6",
        (_, false) => "flannel.alpha.coreos.com/backend-data",
        _ => "flannel.alpha.coreos.com/backend-v6-data",
    };

    /// <summary>Annotation with the address to which others send.</summary>
    public string EndpointAnnotation => (_scene.Layout, _scene.V6) switch
    {
        (Layouts.Calico, false) => "projectcalico.org/IPv4Address",
        (Layouts.Calico, true) => "projectcalico.org/IPv6Address",
        (_, false) => "flannel.alpha.coreos.com/public-ip",
        _ => "flannel.alpha.coreos.com/public-ipv6",
    };

    /// <summary>Calico's annotation with the device's own address.</summary>
    public string AddressAnnotation => _scene.V6 ? "projectcalico.org/IPv6WireguardInterfaceAddr" : "projectcalico.org/IPv4WireguardInterfaceAddr";

    /// <summary>Publishes a key for a node's device.</summary>
    public PublishedCluster PublishKey(LabNode node, string key) => Annotate(node, KeyAnnotation, KeyData(node, key));

    /// <summary>Publishes an address for a node's device.</summary>
    public PublishedCluster PublishEndpoint(LabNode node, string address) => Annotate(node, EndpointAnnotation, EndpointData(address));

    /// <summary>Writes an annotation; null takes it away.</summary>
    public PublishedCluster Annotate(LabNode node, string key, string? value)
    {
        var all = new Dictionary<string, string>(_nodes[node.Name].Annotations, StringComparer.Ordinal);
        if (value is null) all.Remove(key);
        else all[key] = value;
        return Change(node, one => one with { Annotations = all });
    }

    /// <summary>Changes anything else of a node.</summary>
    public PublishedCluster Change(LabNode node, Func<ClusterNode, ClusterNode> change)
    {
        _nodes[node.Name] = change(_nodes[node.Name]);
        return this;
    }

    /// <summary>As the judge gets it.</summary>
    public ClusterFacts ToFacts(DateTimeOffset at) => new(at, [.. _nodes.Values]);

    private ClusterNode Healthy(LabNode node)
    {
        var published = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [KeyAnnotation] = KeyData(node, _scene.Key(node)),
            [EndpointAnnotation] = EndpointData(_scene.Outer(node)),
        };
        if (_scene.Layout == Layouts.Calico) published[AddressAnnotation] = _scene.Tunnel(node);
        else published["flannel.alpha.coreos.com/backend-type"] = "wireguard";
        return new ClusterNode
        {
            Name = node.Name,
            Ready = true,
            Addresses = [IpAddr.Parse(_scene.Outer(node))],
            PodCidrs = _scene.Layout == Layouts.Calico ? [] : [IpPrefix.Parse(_scene.PodNetwork(node))],
            Annotations = published,
        };
    }

    private string KeyData(LabNode node, string key) => _scene.Layout == Layouts.Calico
        ? key
        : string.Create(CultureInfo.InvariantCulture, $$"""{"PublicKey":"{{key}}","Port":{{_scene.Port(node)}}}""");

    private string EndpointData(string address) => _scene.Layout == Layouts.Calico ? $"{address}/{(_scene.V6 ? 64 : 24)}" : address;
}
