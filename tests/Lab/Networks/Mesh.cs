// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Lab.Processes;
using static KubeWgDiag.Lab.Networks.AddressPlan;

namespace KubeWgDiag.Lab.Networks;

/// <summary>The WireGuard mesh of one family: what each device should look like, and the commands that make it so.</summary>
public sealed class Mesh
{
    private readonly IReadOnlyList<LabNode> _nodes;
    private readonly int _keepalive;
    private readonly IReadOnlyList<WireGuardKey> _keys;

    private Mesh(Family family, IReadOnlyList<LabNode> nodes, int keepalive, IReadOnlyList<WireGuardKey> keys)
    {
        Family = family;
        _nodes = nodes;
        _keepalive = keepalive;
        _keys = keys;
    }

    public Family Family { get; }

    /// <summary>Name of the device, the same on every node.</summary>
    public string DeviceName => Device(Family);

    /// <summary>Draws the keys; nothing is built yet.</summary>
    public static async Task<Mesh> PlanAsync(Family family, IReadOnlyList<LabNode> nodes, int keepalive, CancellationToken ct) =>
        new(family, nodes, keepalive, await WireGuardKey.GenerateAsync(nodes.Count, ct));

    /// <summary>The public key that <paramref name="node"/> has when nothing is broken.</summary>
    public string PublicKey(LabNode node) => _keys[node.Number - 1].Public;

    /// <summary>Makes the device: the kernel's where it has WireGuard, wireguard-go's otherwise.</summary>
    public async Task CreateDeviceAsync(LabNode node, bool kernel, CancellationToken ct)
    {
        await node.DoAsync(
            kernel
                ? $"ip link add {DeviceName} type wireguard"
                : $"WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1 wireguard-go {DeviceName} </dev/null >/dev/null 2>&1",
            ct);
        await LabNode.IpAsync(node.Host, [$"link set {DeviceName} addrgenmode none"], ct);
        await RestoreAsync(node, ct);
    }

    /// <summary>Puts device, address and route of one node into the planned state, whatever state they are in.</summary>
    public async Task RestoreAsync(LabNode node, CancellationToken ct)
    {
        // "syncconf" changes what differs and keeps the sessions of the other peers. The key travels through the pipe only.
        await Command.OutputAsync(node.Host.Argv(["wg", "syncconf", DeviceName, "/dev/stdin"]), Configuration(node), ct);
        await LabNode.IpAsync(
            node.Host,
            Family,
            [
                $"link set {DeviceName} mtu {TunnelMtu} up",
                $"addr flush dev {DeviceName}",
                $"route flush dev {DeviceName}",
                $"addr add {Tunnel(Family, node.Number)}/{HostLength(Family)} dev {DeviceName}",
                RouteCommand,
                $"route flush root {ClusterNetwork(Family)} dev {UplinkDevice}",
            ],
            ct);
    }

    /// <summary>The batch line for the one route of the mesh.</summary>
    public string RouteCommand =>
        $"route add {ClusterNetwork(Family)} dev {DeviceName}{(Family == Family.V4 ? " scope link" : "")}";

    /// <summary>Arguments of <c>wg set DEVICE</c> that describe one peer as planned.</summary>
    public string PeerArguments(LabNode peer) =>
        $"peer {PublicKey(peer)} endpoint {Endpoint(peer)} allowed-ips {PodCidr(Family, peer.Number)} " +
        $"persistent-keepalive {_keepalive.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Takes the peer out and puts it back, which makes the device forget the session (keys, counters, roamed endpoint).</summary>
    public Task ForgetSessionAsync(LabNode node, LabNode peer, CancellationToken ct) =>
        node.DoAsync($"wg set {DeviceName} peer {PublicKey(peer)} remove && wg set {DeviceName} {PeerArguments(peer)}", ct);

    private string Endpoint(LabNode peer) => Family == Family.V4
        ? $"{Underlay(Family, peer.Number)}:{Port(Family)}"
        : $"[{Underlay(Family, peer.Number)}]:{Port(Family)}";

    private string Configuration(LabNode node)
    {
        var lines = new List<string>
        {
            "[Interface]", $"PrivateKey = {_keys[node.Number - 1].Private}", $"ListenPort = {Port(Family)}",
        };
        foreach (var peer in _nodes.Where(n => n.Number != node.Number))
        {
            lines.AddRange(
            [
                "[Peer]", $"PublicKey = {PublicKey(peer)}", $"AllowedIPs = {PodCidr(Family, peer.Number)}",
                $"Endpoint = {Endpoint(peer)}", $"PersistentKeepalive = {_keepalive.ToString(CultureInfo.InvariantCulture)}",
            ]);
        }

        return string.Join('\n', lines) + "\n";
    }
}
