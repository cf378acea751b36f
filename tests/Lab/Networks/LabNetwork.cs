// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab.Networks;

/// <summary>
/// A small cluster's network: nodes on an underlay, a pod on each, and a WireGuard mesh between them. Everything is in namespaces
/// that vanish with this process.
/// </summary>
public sealed class LabNetwork : IAsyncDisposable
{
    private readonly Supervisor _supervisor;
    private readonly LabOptions _options;
    private readonly Dictionary<Family, Mesh> _meshes = [];

    private LabNetwork(Supervisor supervisor, LabOptions options)
    {
        _supervisor = supervisor;
        _options = options;
        Nodes = [.. Enumerable.Range(1, options.Nodes).Select(n => new LabNode(n, supervisor.NodePids[n], supervisor.PodPids[n]))];
        Underlay = NamespaceEntry.Of("underlay", supervisor.RootPid, supervisor.RootPid);
        Host = NamespaceEntry.Supervised("host", supervisor.RootPid);
    }

    public IReadOnlyList<LabNode> Nodes { get; }

    /// <summary>The network between the nodes: a bridge.</summary>
    public NamespaceEntry Underlay { get; }

    /// <summary>For programs that belong to the lab but run in the machine's own network.</summary>
    public NamespaceEntry Host { get; }

    public IReadOnlyList<Family> Families => _options.Families;

    /// <summary>Whether the kernel's own WireGuard is used; wireguard-go otherwise.</summary>
    public bool KernelWireGuard { get; private set; }

    /// <summary>Builds everything; the mesh is ready for traffic on return, without sessions yet.</summary>
    public static async Task<LabNetwork> StartAsync(LabOptions options, CancellationToken ct)
    {
        if (options.Nodes is < 2 or > 50)
            throw new ArgumentException($"a lab has 2 to 50 nodes, not {options.Nodes}", nameof(options));
        var lab = new LabNetwork(await Supervisor.StartAsync(options.Nodes, ct), options);
        try
        {
            lab.KernelWireGuard = await Prerequisites.KernelHasWireGuardAsync(ct);
            // First, because a device takes over the defaults of the moment in which it is made.
            await Task.WhenAll(lab.Nodes.Select(node => SetSysctlsAsync(node, ct)));
            await SetSysctlsAsync(lab.Underlay, Topology.OtherSysctls, ct);
            await LabNode.IpAsync(lab.Underlay, Topology.Underlay(lab.Nodes), ct);
            foreach (var family in options.Families)
                lab._meshes[family] = await Mesh.PlanAsync(family, lab.Nodes, options.Keepalive, ct);
            await Task.WhenAll(lab.Nodes.Select(node => lab.BuildNodeAsync(node, ct)));
            await WaitForBridgeAsync(lab.Underlay, Topology.UnderlayBridge, ct);
            foreach (var node in lab.Nodes)
                await WaitForBridgeAsync(node.Host, AddressPlan.BridgeDevice, ct);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>The mesh of a family.</summary>
    public Mesh MeshOf(Family family) => _meshes.TryGetValue(family, out var mesh)
        ? mesh
        : throw new ArgumentException($"this lab has no mesh of family {family}", nameof(family));

    /// <summary>Starts pings from the first node's pod to the pods of all others, once every 0.5 s each, until disposed.</summary>
    public Task<NodeProcess> StartTrafficAsync(CancellationToken ct)
    {
        var targets = Families.SelectMany(f => Nodes.Skip(1).Select(n => AddressPlan.Pod(f, n.Number)));
        return NodeProcess.StartAsync(
            Nodes[0].Pod,
            $"for a in {string.Join(' ', targets)}; do (while :; do ping -q -n -i 0.5 -w 600 $a; sleep 1; done >/dev/null 2>&1) & done; wait",
            ct);
    }

    /// <summary>One ping from the first node's pod to another node's pod.</summary>
    public async Task<bool> PingAsync(Family family, LabNode to, CancellationToken ct) =>
        (await Nodes[0].RunInPodAsync($"ping -n -c 1 -W 1 {AddressPlan.Pod(family, to.Number)}", ct)).Succeeded;

    /// <summary>Waits until every other pod answers the first one.</summary>
    /// <exception cref="LabException">They did not within the limit.</exception>
    public async Task WaitUntilHealthyAsync(TimeSpan limit, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        foreach (var (family, node) in Families.SelectMany(f => Nodes.Skip(1).Select(n => (f, n))))
        {
            while (!await PingAsync(family, node, ct))
            {
                if (clock.Elapsed > limit)
                    throw new LabException($"the pod of {node.Name} does not answer over {AddressPlan.Device(family)} after {limit.TotalSeconds:0} s");
                await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
            }
        }
    }

    /// <summary>Brings every node and the underlay back to the planned state, whatever was done to them.</summary>
    public async Task RestoreAsync(CancellationToken ct)
    {
        await Command.RunAsync(Underlay.BuildArgv(["nft", "flush", "ruleset"]), null, null, ct);
        await Task.WhenAll(Nodes.Select(node => RestoreNodeAsync(node, ct)));
    }

    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    private static async Task SetSysctlsAsync(LabNode node, CancellationToken ct)
    {
        await SetSysctlsAsync(node.Host, Topology.NodeSysctls, ct);
        await SetSysctlsAsync(node.Pod, Topology.OtherSysctls, ct);
    }

    private static Task<string> SetSysctlsAsync(NamespaceEntry where, string shellLines, CancellationToken ct) =>
        Command.OutputAsync(where.BuildArgv(["sh", "-c", shellLines]), input: null, ct);

    // The kernel tells a bridge of its ports' carrier up to a second late; until then its routes are marked "linkdown".
    private static Task<string> WaitForBridgeAsync(NamespaceEntry where, string bridge, CancellationToken ct) => Command.OutputAsync(
        where.BuildArgv(["sh", "-c", $"until ip -o link show dev {bridge} | grep -q 'state UP'; do sleep 0.05; done"]), input: null, ct);

    private async Task BuildNodeAsync(LabNode node, CancellationToken ct)
    {
        await LabNode.IpAsync(node.Host, Topology.Node(node, Families), ct);
        await LabNode.IpAsync(node.Pod, Topology.Pod(node, Families), ct);
        foreach (var mesh in _meshes.Values)
            await mesh.CreateDeviceAsync(node, KernelWireGuard, ct);
    }

    private async Task RestoreNodeAsync(LabNode node, CancellationToken ct)
    {
        await SetSysctlsAsync(node, ct);
        foreach (var device in new[] { AddressPlan.BridgeDevice, "veth-pod" })
            await LabNode.IpAsync(node.Host, [$"link set {device} mtu {AddressPlan.TunnelMtu}"], ct);
        await LabNode.IpAsync(node.Pod, [$"link set eth0 mtu {AddressPlan.TunnelMtu}"], ct);
        foreach (var mesh in _meshes.Values)
            await mesh.RestoreAsync(node, ct);
    }
}
