// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab.Layouts;

/// <summary>A network built from a plan; it vanishes with this process or on dispose, like <see cref="LabNetwork"/>.</summary>
public sealed class PlannedNetwork : IAsyncDisposable
{
    private readonly Supervisor _supervisor;
    private readonly IReadOnlyList<WireGuardKey> _keys;

    private PlannedNetwork(LayoutPlan plan, Supervisor supervisor, IReadOnlyList<WireGuardKey> keys, bool kernel)
    {
        Plan = plan;
        KernelWireGuard = kernel;
        _supervisor = supervisor;
        _keys = keys;
        Nodes = [.. plan.Nodes.Select(n => new LabNode(n.Number, supervisor.NodePids[n.Number], supervisor.PodPids[n.Number]))];
        Router = NamespaceEntry.Of("router", supervisor.RootPid, supervisor.RootPid);
    }

    public LayoutPlan Plan { get; }

    public IReadOnlyList<LabNode> Nodes { get; }

    /// <summary>What is between the nodes: a bridge, or a router.</summary>
    public NamespaceEntry Router { get; }

    /// <summary>Whether the kernel's own WireGuard is used; wireguard-go otherwise.</summary>
    public bool KernelWireGuard { get; }

    /// <summary>Builds everything; no session exists on return.</summary>
    public static async Task<PlannedNetwork> StartAsync(LayoutPlan plan, CancellationToken ct)
    {
        var kernel = await Prerequisites.KernelHasWireGuardAsync(ct);
        var keys = await WireGuardKey.GenerateAsync(plan.Nodes.Count, ct);
        var network = new PlannedNetwork(plan, await Supervisor.StartAsync(plan.Nodes.Count, ct), keys, kernel);
        try
        {
            await network.BuildRouterAsync(ct);
            await Task.WhenAll(network.Nodes.Select(node => network.BuildNodeAsync(node, ct)));
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public NodePlan PlanOf(LabNode node) => Plan.Nodes[node.Number - 1];

    /// <summary>The public key that a node has when nothing is broken.</summary>
    public string PublicKey(LabNode node) => _keys[node.Number - 1].Public;

    /// <summary>Puts a node's own key back, or sets it on another device. The key travels through the pipe only.</summary>
    public async Task SetPrivateKeyAsync(LabNode where, string device, LabNode whose, CancellationToken ct) => await Command.OutputAsync(
        where.Host.Argv(["wg", "set", device, "private-key", "/dev/stdin"]), _keys[whose.Number - 1].Private + "\n", ct);

    /// <summary>Arguments of <c>wg set DEVICE</c> that describe one peer as planned.</summary>
    public string PeerArguments(LabNode node, LabNode peer)
    {
        var plan = PlanOf(node).Peers.First(p => p.Node == peer.Number);
        var endpoint = plan.Endpoint is null ? "" : $"endpoint {plan.Endpoint} ";
        return $"peer {PublicKey(peer)} {endpoint}allowed-ips {string.Join(',', plan.AllowedIps)} " +
            $"persistent-keepalive {plan.Keepalive.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Starts the WireGuard device of a node; the kernel's where there is one.</summary>
    public string CreateCommand(string device) => KernelWireGuard
        ? $"ip link add {device} type wireguard"
        : $"WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1 wireguard-go {device} </dev/null >/dev/null 2>&1";

    /// <summary>Makes a node's device as planned (again, where it is gone): key, port, peers, address, routes.</summary>
    public async Task CreateDeviceAsync(LabNode node, CancellationToken ct)
    {
        var plan = PlanOf(node);
        await node.DoAsync(CreateCommand(plan.Device), ct);
        await Command.OutputAsync(node.Host.Argv(["wg", "setconf", plan.Device, "/dev/stdin"]), Configuration(node), ct);
        await LabNode.IpAsync(
            node.Host,
            Plan.Family,
            [
                $"link set {plan.Device} addrgenmode none",
                $"link set {plan.Device} mtu {plan.Mtu} up",
                $"addr add {plan.Tunnel}/{plan.TunnelLength} dev {plan.Device}",
                .. plan.Routes,
            ],
            ct);
    }

    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    private async Task BuildRouterAsync(CancellationToken ct)
    {
        var cables = Nodes.SelectMany(n => new[]
        {
            $"link add {n.Name} type veth peer name {PlanOf(n).Uplink} netns {n.Host.NetworkPid}",
            $"link set {n.Name} up",
        });
        var sysctls = Plan.RouterForwards ? Topology.NodeSysctls : Topology.OtherSysctls;
        await ShellAsync(Router, sysctls, ct);
        await LabNode.IpAsync(Router, Plan.Family, [.. cables, "link set lo up", .. Plan.Router], ct);
        if (Plan.RouterRules.Length > 0)
            await Command.OutputAsync(Router.BuildArgv(["nft", "-f", "-"]), Plan.RouterRules + "\n", ct);
    }

    private async Task BuildNodeAsync(LabNode node, CancellationToken ct)
    {
        var plan = PlanOf(node);
        await ShellAsync(node.Host, $"{Topology.NodeSysctls}\n{plan.Sysctls}", ct);
        await ShellAsync(node.Pod, Topology.OtherSysctls, ct);
        await LabNode.IpAsync(
            node.Host,
            Plan.Family,
            [
                "link set lo up",
                $"link set {plan.Uplink} up",
                $"addr add {plan.Outer}/{plan.OuterLength} dev {plan.Uplink}{(Plan.Family == Family.V6 ? " nodad" : "")}",
                $"route add default via {plan.Gateway} dev {plan.Uplink}",
                .. plan.PodWiring.Select(line => line.Replace("{POD}", node.Pod.NetworkPid.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)),
            ],
            ct);
        await LabNode.IpAsync(node.Pod, Plan.Family, ["link set lo up", "link set eth0 up", .. plan.InsidePod], ct);
        await CreateDeviceAsync(node, ct);
    }

    private static Task<string> ShellAsync(NamespaceEntry where, string lines, CancellationToken ct) =>
        Command.OutputAsync(where.BuildArgv(["sh", "-c", lines]), input: null, ct);

    private string Configuration(LabNode node)
    {
        var plan = PlanOf(node);
        var lines = new List<string> { "[Interface]", $"PrivateKey = {_keys[node.Number - 1].Private}", $"ListenPort = {plan.Port}" };
        if (plan.Mark != 0)
            lines.Add($"FwMark = {plan.Mark}");
        foreach (var peer in plan.Peers)
        {
            lines.AddRange(["[Peer]", $"PublicKey = {_keys[peer.Node - 1].Public}", $"AllowedIPs = {string.Join(", ", peer.AllowedIps)}"]);
            if (peer.Endpoint is not null)
                lines.Add($"Endpoint = {peer.Endpoint}");
            lines.Add($"PersistentKeepalive = {peer.Keepalive}");
        }

        return string.Join('\n', lines) + "\n";
    }
}
