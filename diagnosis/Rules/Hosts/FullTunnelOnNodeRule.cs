// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>
/// Signal: on a Kubernetes node a device with a peer for everything has the default route of packets without its mark, and the addresses of other nodes are led
/// into it, or the pods behind them before the pod network's own routes are asked.
/// Threshold: an error where a tunnel to such an address gets no answer, pods are taken from the pod network's device, or the node is not ready; a warning while nothing shows that anybody suffers.
/// Traps: nodes on the same wire keep their connected route; addresses that the peer has as AllowedIPs of their own are meant to go there; tunnels with a living
/// session over it work.
/// </summary>
internal sealed class FullTunnelOnNodeRule : IRule
{
    /// <summary>0.0.0.0/0, or its two halves, which is how some clients spell it.</summary>
    private const int CatchAllLength = 1;

    public RuleDescriptor Descriptor { get; } = new("WG-WGQUICK-ON-K8S-NODE", Layer.Route, Severity.Error, "A full tunnel takes the cluster's own traffic")
    {
        Precedence = Rules.Precedence.ControlPlane + 18,
        StopsHandshake = true,
        Reach = Reach.Node,
        Explanation = "A tunnel for everything leads all packets without its mark into itself, also those of the kubelet to the API server and the pod network's own outer packets. The "
            + "node turns NotReady while the tunnel is up.",
        FalsifiedBy = "`ip route get <address of another node>` does not name the tunnel's device.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices)
        {
            if (device is not { Namespace: { IsHost: true, RoutesRead: true }, Link.Up: true } || !device.Peers.Any(peer => peer.AllowedIps.Any(IsCatchAll))) continue;
            if (!IsKubernetes(mesh, device.Node)) continue;
            var taken = Targets(mesh, device).Where(address => Takes(device, address)).Distinct().ToList();
            var robbed = Robbed(mesh, device).ToList();
            if (taken.Count + robbed.Count > 0 && Build(mesh, device, taken, robbed) is { } finding) yield return finding;
        }
    }

    private static bool IsCatchAll(IpPrefix prefix) => prefix.Length <= CatchAllLength;

    private static bool IsKubernetes(MeshModel mesh, NodeView node) =>
        mesh.Cluster.Node(node.Facts.Node) is not null || Safe.List(node.Facts.Cni?.Value?.Folders).Any(folder => Safe.List(folder.Files).Count > 0);

    // Other nodes, and where the other tunnels of this one have to send.
    private static IEnumerable<IpAddr> Targets(MeshModel mesh, DeviceView device)
    {
        var own = device.Peers.Select(peer => peer.Endpoint?.Address).OfType<IpAddr>().ToHashSet();
        return mesh.Cluster.Nodes.Where(node => node.Name != device.Node.Facts.Node).SelectMany(node => node.Addresses)
            .Concat(Others(device).Select(peer => peer.Endpoint!.Value.Address))
            .Where(address => !own.Contains(address));
    }

    private static IEnumerable<PeerView> Others(DeviceView device) =>
        device.Namespace.Devices.Where(other => other != device).SelectMany(other => other.Peers).Where(peer => peer.Endpoint is not null);

    private static bool Takes(DeviceView device, IpAddr address) =>
        device.Namespace.Fib.Lookup(address) is { } route && IsCatchAll(route.Destination) && NamespaceView.LeadsTo(route, device.Link!.Index)
        && !device.Peers.Any(peer => peer.AllowedIps.Any(prefix => !IsCatchAll(prefix) && prefix.Contains(address)));

    // Peers of the pod network whose pods are led here, although there is a route to them into the pod network's device.
    private static IEnumerable<PeerView> Robbed(MeshModel mesh, DeviceView device) => Others(device)
        .Where(peer => mesh.OwnerOf(peer.Device) is { Proof: >= ProofLevel.Named, Profile.IsPodNetwork: true }
            && peer.AllowedIps.Any(prefix => !IsCatchAll(prefix) && peer.Device.HasRouteFor(prefix) && Takes(device, PrefixMath.Representative(prefix))));

    private RuleFinding? Build(MeshModel mesh, DeviceView device, List<IpAddr> taken, List<PeerView> robbed)
    {
        var hurt = Others(device).Where(peer => taken.Contains(peer.Endpoint!.Value.Address)).ToList();
        var dead = hurt.FindAll(peer => Outer.Fails(mesh, peer));
        if (dead.Count + robbed.Count == 0 && hurt.Exists(peer => peer.Fact.Received.Grew)) return null;
        var gone = mesh.Cluster.At is not null && mesh.Cluster.Node(device.Node.Facts.Node)?.Ready != true;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = taken.Count > 0
                ? $"On {device.Node.Name} {device.Name} takes all traffic, also to {DisplayText.Join(taken, 3)}, which are nodes of the cluster."
                : $"On {device.Node.Name} {device.Name} takes all traffic, also to the pods of {DisplayText.Join(robbed.Select(peer => peer.RemoteName).Distinct(), 3)}.",
            Confidence = dead.Count + robbed.Count > 0 || gone ? 0.92 : 0.75,
            Severity = dead.Count + robbed.Count > 0 || gone ? Descriptor.Severity : Severity.Warning,
            Family = taken.Select(address => address.Family).Concat(robbed.SelectMany(peer => peer.AllowedIps).Select(prefix => prefix.Family)).Distinct().ToList() is [var only] ? only : null,
        };
        foreach (var address in taken.Take(4)) draft.Evidence(device, $"ip route get {address}", $"dev {device.Name}", "dev of the uplink", "rtnetlink");
        draft.Evidence(device, $"wg show {device.Name} allowed-ips", DisplayText.Join(device.Peers.SelectMany(peer => peer.AllowedIps).Where(IsCatchAll).Distinct()), "the networks behind the tunnel");
        if (gone) draft.Evidence(device, $"condition Ready of node {DisplayText.NodeName(device.Node.Facts.Node)}", "not true", "True", "kubernetes api");
        foreach (var peer in robbed.Take(4))
            draft.Evidence(device, $"ip route get {PrefixMath.Representative(peer.AllowedIps[0])}", $"dev {device.Name}", $"dev {peer.Device.Name}", "rtnetlink");
        foreach (var peer in robbed) draft.Affects(peer, TunnelState.NotRoutedIn);
        foreach (var peer in dead) draft.Affects(peer, TunnelState.NoHandshake);
        return draft.Build();
    }
}
