// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Pods;

/// <summary>A namespace behind a node that was read: a pod's, or a host's on the node's LAN.</summary>
/// <param name="Namespace">It.</param>
/// <param name="Inner">Its end of the veth.</param>
/// <param name="Outer">The node's end.</param>
/// <param name="Device">The node's tunnel.</param>
internal sealed record PodPlace(NamespaceView Namespace, LinkFact Inner, LinkFact Outer, DeviceView Device)
{
    public NamespaceView Host => Device.Namespace;

    /// <summary>A pod's: the kubelet's cgroup says so.</summary>
    public bool IsPod => (Namespace.Facts.Owners ?? []).Any(owner => owner?.PodUid is not null);

    /// <summary>All namespaces behind nodes that have a tunnel, each once.</summary>
    public static IEnumerable<PodPlace> Find(MeshModel mesh) => Find(mesh, Serves);

    /// <summary>The same where only one node is known, so that nobody tells what peers look for behind it.</summary>
    public static IEnumerable<PodPlace> FindAlone(MeshModel mesh) => Find(mesh, static (_, ns, inner) => ns.AddressesOn(inner.Index).Any(address => !address.Address.IsLinkLocal));

    private static IEnumerable<PodPlace> Find(MeshModel mesh, Func<DeviceView, NamespaceView, LinkFact, bool> serves) =>
        from node in mesh.Nodes
        where node.Namespaces is [{ Devices.Count: > 0 }, ..]
        let host = node.Namespaces[0]
        from ns in node.Namespaces.Skip(1)
        where ns.Devices.Count == 0 && ns.RoutesRead
        from inner in ns.Links
        where inner is { Kind: "veth", Peer: not null, PeerInOtherNamespace: true, Up: true }
        let outer = host.LinkByIndex(inner.Peer!.Value)
        where outer is { Kind: "veth", PeerInOtherNamespace: true } && outer.Peer == inner.Index
        // Two namespaces may use the same numbers; then nobody can tell whose end it is.
        where node.Namespaces.Skip(1).Count(other => other.LinkByIndex(inner.Index) is { Kind: "veth" } twin && twin.Peer == inner.Peer) == 1
        let device = host.Devices.Find(device => serves(device, ns, inner))
        where device is not null
        select new PodPlace(ns, inner, outer, device);

    // Its address lies where the peers look for it behind this node.
    private static bool Serves(DeviceView device, NamespaceView ns, LinkFact inner) => ns.AddressesOn(inner.Index).Any(address =>
        !address.Address.IsLinkLocal && device.HeldBy.Exists(entry => entry.Covers(IpPrefix.Host(address.Address))));

    /// <summary>Networks behind the tunnel's peers in the families that the namespace has.</summary>
    public IEnumerable<IpPrefix> Remote() => Device.Peers.SelectMany(peer => peer.AllowedIps).Distinct()
        .Where(prefix => PrefixMath.IsRoutable(prefix) && Namespace.AddressesOn(Inner.Index).Any(address => address.Address.Family == prefix.Family && !address.Address.IsLinkLocal));
}
