// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: a network that this node is connected to lies inside, or is, a network behind a peer that the peer's AllowedIPs name.
/// Threshold: both networks were seen at their nodes. Equal ones need an entry in AllowedIPs for just that network or a part of it,
/// and one address that both nodes have in it.
/// Traps: two routers of one LAN; docker's and libvirt's networks that every host has and nobody routes; a hub's wide prefix that holds the spoke's own network; a wide local network with a
/// narrower route into the tunnel works; pods' own routes are single addresses.
/// </summary>
internal sealed class CidrOverlapRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CIDR-OVERLAP", Layer.Route, Severity.Error, "A local network overlaps a remote one")
    {
        Precedence = Rules.Precedence.Cryptokey + 3,
        Explanation = "A connected network is nearer than any route into the tunnel: the kernel looks for the remote hosts on its own wire and never sends their packets to "
            + "the peer. Other nodes reach the same hosts.",
        FalsifiedBy = "`ip route get <address in the overlap>` names the tunnel, or nobody means the remote network.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true }
        let connected = Connected(device)
        where connected.Count > 0
        from peer in device.Peers
        where peer.Remote is not null
        from behind in peer.Remote!.Namespace.LocalNetworks
        where !behind.Prefix.IsHost && peer.AllowedIps.Any(prefix => prefix.Contains(behind.Prefix) || behind.Prefix.Contains(prefix))
        from local in connected
        where behind.Prefix.Contains(local.Prefix) && IsMeant(peer, behind.Prefix, local.Prefix)
        select Build(device, peer, local, behind.Prefix);

    private static List<OwnedPrefix> Connected(DeviceView device) => device.Namespace.LocalNetworks.FindAll(local =>
        !local.Prefix.IsHost
        && device.Namespace.AddressesOn(local.Link).Any(address => IpPrefix.TryCreate(address.Address, address.PrefixLength, out var own) && own == local.Prefix));

    // Two routers of one LAN are connected to equal networks too; only where both have the same address in it, it must be two wires.
    private static bool IsMeant(PeerView peer, IpPrefix behind, IpPrefix local) => local == behind
        ? peer.AllowedIps.Any(prefix => !prefix.IsHost && behind.Contains(prefix)) && peer.Device.HasRouteFor(behind)
            && peer.Device.Namespace.Addresses.Any(own => local.Contains(own.Address) && peer.Remote!.Namespace.Addresses.Any(other => other.Address == own.Address))
        : peer.AllowedIps.Any(prefix => !prefix.IsDefault && prefix.Contains(local)) && peer.Device.HasRouteFor(behind);

    private RuleFinding Build(DeviceView device, PeerView peer, OwnedPrefix local, IpPrefix behind)
    {
        var link = device.Namespace.LinkName(local.Link);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} the network {local.Prefix} of {link} overlaps {behind} behind {peer.RemoteName}: packets to those hosts go to {link} instead of {device.Name}.",
            Confidence = 0.92,
            Family = local.Prefix.Family,
            Entry = peer,
            Prefixes = [local.Prefix],
        };
        draft.Evidence(device, $"ip addr show dev {link}", $"an address in {local.Prefix}", $"no network inside {behind}", "rtnetlink");
        draft.Evidence(peer.Remote!, "networks behind the node", behind.ToString(), null, "rtnetlink");
        foreach (var address in device.Namespace.AddressesOn(local.Link).Where(address => local.Prefix.Contains(address.Address)))
            draft.Mend(new Mending.NamespaceCommands(device.Namespace).DeleteAddress(address));
        draft.Affects(peer, TunnelState.NotRoutedIn);
        return draft.Build();
    }
}
