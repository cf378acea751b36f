// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Accuracy.Contract;

/// <summary>
/// A network and who plays in it. Traffic flows from <see cref="A"/> to <see cref="B"/>. In the hub layout A is a spoke behind NAT and
/// B the hub; C is the other spoke, which A reaches through the hub. Sites has no C.
/// </summary>
public sealed class Scene
{
    private readonly List<NodeProcess> _started;

    public Scene(PlannedNetwork network)
        : this(network, network.Nodes[0], network.Nodes[1], [])
    {
    }

    private Scene(PlannedNetwork network, LabNode a, LabNode b, List<NodeProcess> started)
    {
        Network = network;
        A = a;
        B = b;
        _started = started;
    }

    public PlannedNetwork Network { get; }

    public LabNode A { get; }

    public LabNode B { get; }

    /// <summary>The node that is neither A nor B.</summary>
    public LabNode? C => Network.Nodes.FirstOrDefault(n => n != A && n != B);

    public Layouts Layout => Network.Plan.Layout;

    public Family Family => Network.Plan.Family;

    public bool V6 => Family == Family.V6;

    /// <summary>Whether this is the kernel's WireGuard.</summary>
    public bool Kernel => Network.KernelWireGuard;

    /// <summary>The same network with other nodes as A and B, for the second fault of a pair.</summary>
    public Scene Between(LabNode a, LabNode b) => new(Network, a, b, _started);

    // Names and addresses of a node.

    /// <summary>WireGuard device.</summary>
    public string Device(LabNode node) => Network.PlanOf(node).Device;

    /// <summary>UDP port of the WireGuard device, as planned.</summary>
    public int Port(LabNode node) => Network.PlanOf(node).Port;

    /// <summary>Mark of the WireGuard device, 0 = none.</summary>
    public int Mark(LabNode node) => Network.PlanOf(node).Mark;

    public int Mtu(LabNode node) => Network.PlanOf(node).Mtu;

    /// <summary>Interface of the underlay.</summary>
    public string Uplink(LabNode node) => Network.PlanOf(node).Uplink;

    /// <summary>Address on the underlay.</summary>
    public string Outer(LabNode node) => Network.PlanOf(node).Outer;

    /// <summary>Default gateway on the underlay.</summary>
    public string Gateway(LabNode node) => Network.PlanOf(node).Gateway;

    /// <summary>ADDRESS:PORT of a node as another one reaches it.</summary>
    public string Endpoint(LabNode node, int? port = null) => At(Outer(node), port ?? Port(node));

    /// <summary>ADDRESS:PORT, with brackets where the family wants them.</summary>
    public string At(string address, int port) => V6 ? $"[{address}]:{port}" : $"{address}:{port}";

    /// <summary>Address of the WireGuard device.</summary>
    public string Tunnel(LabNode node) => Network.PlanOf(node).Tunnel;

    public int TunnelLength(LabNode node) => Network.PlanOf(node).TunnelLength;

    /// <summary>CIDR of the node's pods (of the network behind it).</summary>
    public string PodNetwork(LabNode node) => Network.PlanOf(node).PodNetwork;

    /// <summary>Address of the node's pod.</summary>
    public string Pod(LabNode node) => Network.PlanOf(node).Pod;

    /// <summary>The node's interface towards its pod.</summary>
    public string PodDevice(LabNode node) => Network.PlanOf(node).PodDevice;

    /// <summary>The route of the mesh towards <paramref name="to"/>'s pods, as arguments of <c>ip route add|del</c> (with table).</summary>
    public string RouteTo(LabNode from, LabNode to) => Layout switch
    {
        Layouts.Flannel => $"{AddressPlan.ClusterNetwork(Family)} dev {Device(from)}",
        Layouts.Calico => $"{PodNetwork(to)} dev {Device(from)} table 1",
        _ => $"{PodNetwork(to)} dev {Device(from)}",
    };

    /// <summary>The public key that a node has when nothing is broken.</summary>
    public string Key(LabNode node) => Network.PublicKey(node);

    /// <summary><c>ip -4</c> or <c>ip -6</c>.</summary>
    public string Ip => V6 ? "ip -6" : "ip -4";

    /// <summary>nftables' word for the family.</summary>
    public string Nft => V6 ? "ip6" : "ip";

    /// <summary>iptables' program for the family.</summary>
    public string Iptables => V6 ? "ip6tables" : "iptables";

    /// <summary>Length of a host prefix.</summary>
    public int HostLength => V6 ? 128 : 32;

    /// <summary>Bytes of IP and ICMP header: <c>ping -s</c> wants the packet's size minus this.</summary>
    public int PingHeaders => V6 ? 48 : 28;

    // What can be done.

    /// <summary>A shell line on a node that has to succeed.</summary>
    public Task<string> DoAsync(LabNode node, string line, CancellationToken ct) => node.DoAsync(line, ct);

    /// <summary>A shell line in the network of a node's pod that has to succeed.</summary>
    public async Task<string> DoPodAsync(LabNode node, string line, CancellationToken ct) =>
        (await node.RunInPodAsync(line, ct)).OutputOrThrow($"pod of {node.Name}: {line}");

    /// <summary>A shell line between the nodes (bridge or router; cables are node-1, node-2 ...) that has to succeed.</summary>
    public async Task<string> DoRouterAsync(string line, CancellationToken ct) =>
        (await Command.RunAsync(Network.Router.BuildArgv(["sh", "-c", line]), null, null, ct)).OutputOrThrow($"router: {line}");

    /// <summary>nftables rules on a node, as <c>nft -f</c> reads them.</summary>
    public Task<string> NftAsync(LabNode node, string rules, CancellationToken ct) => NftAsync(node.Host, rules, ct);

    /// <summary>nftables rules in the network of a node's pod.</summary>
    public Task<string> NftPodAsync(LabNode node, string rules, CancellationToken ct) => NftAsync(node.Pod, rules, ct);

    /// <summary>nftables rules between the nodes; in the layouts with a segment only tables of family bridge see the packets.</summary>
    public Task<string> NftRouterAsync(string rules, CancellationToken ct) => NftAsync(Network.Router, rules, ct);

    /// <summary>
    /// Drops packets between the nodes, in every layout. <paramref name="match"/> is an nft match of the outer packet, for example
    /// <c>udp dport 51820</c>.
    /// </summary>
    public Task<string> DropOnPathAsync(string match, CancellationToken ct)
    {
        var family = Layouts.Routed.HasFlag(Layout) ? "inet" : "bridge";
        return NftRouterAsync($"table {family} path {{ chain gate {{ type filter hook forward priority 10; {match} drop; }}; }}", ct);
    }

    /// <summary>A program that runs until the network goes, for example a listener or more traffic.</summary>
    public async Task StartAsync(NamespaceEntry where, string line, CancellationToken ct) => _started.Add(await NodeProcess.StartAsync(where, line, ct));

    /// <summary>Arguments of <c>wg set DEVICE</c> for one peer as planned.</summary>
    public string PeerArguments(LabNode node, LabNode peer) => Network.PeerArguments(node, peer);

    /// <summary><c>wg set</c> on a node's own device.</summary>
    public Task<string> WgSetAsync(LabNode node, string arguments, CancellationToken ct) => node.DoAsync($"wg set {Device(node)} {arguments}", ct);

    /// <summary>Takes a peer out and puts it back as planned: session, counters and roamed endpoint are forgotten.</summary>
    public Task<string> ForgetAsync(LabNode node, LabNode peer, CancellationToken ct) =>
        node.DoAsync($"wg set {Device(node)} peer {Key(peer)} remove && wg set {Device(node)} {PeerArguments(node, peer)}", ct);

    /// <summary>Both ends of A and B forget each other's sessions.</summary>
    public async Task ForgetBothAsync(CancellationToken ct)
    {
        await ForgetAsync(B, A, ct);
        await ForgetAsync(A, B, ct);
    }

    /// <summary>
    /// Both ends of A and B forget each other's sessions, and A gets another entry for B: at no moment may both ends have what they need for a handshake.
    /// </summary>
    /// <param name="arguments">Arguments of <c>wg set DEVICE</c> for A's new entry.</param>
    /// <param name="ct">Ends it.</param>
    public async Task MeetAnewAsync(string arguments, CancellationToken ct)
    {
        await WgSetAsync(A, $"peer {Key(B)} remove", ct);
        await ForgetAsync(B, A, ct);
        await WgSetAsync(A, arguments, ct);
    }

    /// <summary>Whether <paramref name="address"/> answers one of <paramref name="count"/> pings from a node (or its pod).</summary>
    public async Task<bool> PingAsync(LabNode from, bool pod, string address, CancellationToken ct, int count = 2, int? size = null)
    {
        var bytes = size is { } packet ? $"-s {(packet - PingHeaders).ToString(CultureInfo.InvariantCulture)} " : "";
        var line = $"ping -n -q -c {count} -i 0.3 -W 1 {bytes}{address}";
        return (await (pod ? from.RunInPodAsync(line, ct) : from.RunAsync(line, ct))).Succeeded;
    }

    /// <summary>A counter of the node's network as nstat names it, for example <c>IpFragCreates</c> or <c>TcpExtIPReversePathFilter</c>.</summary>
    public async Task<long> CounterAsync(LabNode node, string name, CancellationToken ct)
    {
        var words = (await node.DoAsync($"NSTAT_HISTORY=/run/nstat.history nstat -az {name} | grep -v '^#'", ct))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(words[1], CultureInfo.InvariantCulture);
    }

    private static Task<string> NftAsync(NamespaceEntry where, string rules, CancellationToken ct) =>
        Command.OutputAsync(where.BuildArgv(["nft", "-f", "-"]), rules + "\n", ct);
}
