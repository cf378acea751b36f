// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: this node has, as a single address, one that lies in a network behind a peer: the local table answers before any route.
/// Threshold: the network must have been seen at the peer's node, and be in its AllowedIPs.
/// Traps: virtual service addresses (kube-ipvs0) lie in no node's pod network; a wide prefix that a spoke gives its hub holds the spoke's own networks too;
/// a whole network here that overlaps one there is another finding.
/// </summary>
internal sealed class AddressShadowRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ADDR-LOCAL-SHADOW", Layer.Address, Severity.Error, "A remote address is also a local one")
    {
        Precedence = Rules.Precedence.Device + 7,
        ExplainedBy = ["WG-ADDR-DUPLICATE"],
        Explanation = "The table of local addresses is asked first. Packets to the remote host are answered by this node itself, so a ping succeeds (TTL 64, far below a "
            + "millisecond) and nothing enters the tunnel.",
        FalsifiedBy = "`ip route get <address>` does not say \"local\", or the far node has no such host.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        from address in device.Namespace.Addresses
        where IsSingle(device, address)
        let host = IpPrefix.Host(address.Address)
        where device.Cryptokey.Owner(host) is { Peer.Remote: not null, Prefix.IsDefault: false }
        let peer = device.Cryptokey.Owner(host)!.Value.Peer
        let behind = peer.Remote!.Owned.Find(owned => owned.Kind == OwnedKind.LocalNetwork && owned.Prefix.Contains(host))
        where behind is not null && behind.Prefix.Network != address.Address
        select Build(device, peer, address, behind.Prefix);

    private static bool IsSingle(DeviceView device, AddressFact address) =>
        address.Link != device.Link?.Index
        && address.PrefixLength == address.Address.Width
        && PrefixMath.IsRoutable(IpPrefix.Host(address.Address))
        && !device.Namespace.IsWireGuard(address.Link);

    private RuleFinding Build(DeviceView device, PeerView peer, AddressFact address, IpPrefix behind)
    {
        var link = device.Namespace.LinkName(address.Link);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} has {address.Address} on {link}, an address in {behind} behind {peer.RemoteName}: it answers such packets itself.",
            Confidence = 0.93,
            Family = address.Address.Family,
            Entry = peer,
            Prefixes = [IpPrefix.Host(address.Address)],
        };
        draft.Evidence(device, $"ip route get {address.Address}", $"local, on {link}", $"dev {device.Name}", "rtnetlink");
        draft.Evidence(peer.Remote!, "networks behind the node", behind.ToString(), null, "rtnetlink");
        draft.Mend(new NamespaceCommands(device.Namespace).DeleteAddress(address));
        draft.Affects(peer, TunnelState.NotRoutedIn);
        return draft.Build();
    }
}
