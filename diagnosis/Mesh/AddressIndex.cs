// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Which namespace an address belongs to. Addresses that several nodes have (docker0, virtual service addresses) belong to nobody.</summary>
internal sealed class AddressIndex
{
    private readonly Dictionary<IpAddr, NamespaceView?> _owners = [];

    public AddressIndex(IEnumerable<NodeView> nodes)
    {
        foreach (var ns in nodes.SelectMany(node => node.Namespaces))
        {
            foreach (var address in ns.Addresses.Select(fact => fact.Address).Where(a => !a.IsLoopback && !a.IsLinkLocal).Distinct())
                _owners[address] = _owners.ContainsKey(address) ? null : ns;
        }
    }

    /// <summary>The one namespace that has the address; null when none or several have it.</summary>
    public NamespaceView? OwnerOf(IpAddr address) => PrefixMath.IsReal(address) ? _owners.GetValueOrDefault(address) : null;

    /// <summary>The observed device that listens at a peer's endpoint; null when none or several do.</summary>
    public DeviceView? ListenerAt(PeerView peer)
    {
        if (peer.Endpoint is not { } endpoint || OwnerOf(endpoint.Address) is not { } ns) return null;
        var listening = ns.Devices.Where(device => device != peer.Device && device.Fact.ListenPort == endpoint.Port).Take(2).ToList();
        return listening.Count == 1 ? listening[0] : null;
    }
}
