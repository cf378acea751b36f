// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>The addresses that the outer packets use. Node encryption puts them into AllowedIPs as well, with ways of its own to route them.</summary>
internal sealed class UnderlayAddresses
{
    private readonly PrefixTable<bool> _hosts;

    public UnderlayAddresses(MeshModel mesh)
    {
        var endpoints = mesh.Peers.Where(peer => peer.Endpoint is not null).Select(peer => peer.Endpoint!.Value.Address);
        var own = mesh.Nodes.SelectMany(node => node.Namespaces)
            .SelectMany(ns => ns.Addresses.Where(address => ns.UnderlayLinks.Contains(address.Link)).Select(address => address.Address));
        _hosts = new(endpoints.Concat(own).Distinct().Select(address => KeyValuePair.Create(IpPrefix.Host(address), true)));
    }

    public bool AnyIn(IpPrefix prefix) => _hosts.Inside(prefix).Any();
}
