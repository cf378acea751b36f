// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>What happens inside of a pod, or between two pods of one node: section T of the failure catalogue, and those of other sections that are told by it.</summary>
internal static class PodScenarios
{
    private const int GatewayPort = 51900;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-TARGET-HOST-FILTER",
            Title = "B's pod itself drops what does not come from its own network",
            ReadsPods = true,
            InjectAsync = (s, ct) => s.NftPodAsync(s.B, $"table inet t {{ chain i {{ type filter hook input priority 0; {s.Nft} saddr != {{ {s.PodNetwork(s.B)}{(s.V6 ? ", fe80::/10" : "")} }} counter drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-TARGET-HOST-FILTER",
            Variant = "iptables",
            Title = "the INPUT policy of B's pod is DROP, its own network is accepted",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            ReadsPods = true,
            InjectAsync = (s, ct) => s.DoPodAsync(s.B, $"iptables -A INPUT -s {s.PodNetwork(s.B)} -j ACCEPT && iptables -P INPUT DROP", ct),
        },
        new()
        {
            Code = "WG-GATEWAY-POD-FORWARDING",
            Title = "A tunnel from A ends in B's pod, which does not forward to the network behind it",
            Hurts = Hurt.None,
            Prepare = GatewayAsync,
            Effect = async (s, ct) => await s.PingAsync(s.A, pod: false, GatewayEnd(s), ct) && !await s.PingAsync(s.A, pod: false, Behind(s), ct, count: 4),
            InjectAsync = async (s, ct) =>
            {
                await s.DoPodAsync(s.B, $"echo 0 > {Forwarding(s)}", ct);
                await s.StartAsync(s.A.Host, $"while :; do ping -q -n -w 600 -i 0.5 {Behind(s)}; sleep 1; done >/dev/null 2>&1", ct);
            },
        },
        new()
        {
            Code = "WG-BRIDGE-NETFILTER",
            Title = "B's bridged packets pass iptables no more, and a pod calls a Service whose backend is beside it",
            Layouts = Layouts.Flannel,
            Hurts = Hurt.None,
            Prepare = ServiceAsync,
            Effect = async (s, ct) => await ConnectsAsync(s, SecondPod(s), 8080, ct) && !await ConnectsAsync(s, Vip(s), 80, ct),
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"echo 0 > {BridgeSwitch(s)}", ct),
        },
    ];

    /// <summary>The same network as <see cref="GatewayAsync"/> leaves it, healthy.</summary>
    public static IReadOnlyList<Scenario> Healthy { get; } =
    [
        new() { Code = null, Hurts = Hurt.None, Variant = "gateway-pod", Title = "a second tunnel from A ends in B's pod, which forwards to a network behind it", Prepare = GatewayAsync },
        new() { Code = null, Hurts = Hurt.None, Variant = "service-beside", Title = "a pod of B calls a Service whose backend is beside it", Layouts = Layouts.Flannel, Prepare = ServiceAsync },
    ];

    /// <summary>A further network namespace on a node; gives the pid of its one process, as the node counts.</summary>
    public static async Task<string> NewSpaceAsync(Scene s, LabNode node, CancellationToken ct) =>
        (await s.DoAsync(node, "unshare --net sleep infinity </dev/null >/dev/null 2>&1 & p=$!; while [ \"$(readlink /proc/$p/ns/net)\" = \"$(readlink /proc/self/ns/net)\" ]; do sleep 0.05; done; echo $p", ct)).Trim();

    // A's second device, vpn1, has a peer in B's pod, vpn0; a host hangs on the pod's second link. The node passes the port on to the pod, as a NodePort does.
    private static async Task GatewayAsync(Scene s, CancellationToken ct)
    {
        var dad = s.V6 ? " nodad" : "";
        await s.DoPodAsync(s.B, s.Network.CreateCommand("vpn0"), ct);
        await s.DoAsync(s.A, s.Network.CreateCommand("vpn1"), ct);
        await s.DoPodAsync(s.B, "wg genkey | wg set vpn0 private-key /dev/stdin", ct);
        await s.DoAsync(s.A, "wg genkey | wg set vpn1 private-key /dev/stdin", ct);
        var gateway = (await s.DoPodAsync(s.B, "wg show vpn0 public-key", ct)).Trim();
        var client = (await s.DoAsync(s.A, "wg show vpn1 public-key", ct)).Trim();
        var behind = await NewSpaceAsync(s, s.B, ct);
        await s.DoPodAsync(
            s.B,
            $"""
            set -e
            echo 1 > {Forwarding(s)}
            wg set vpn0 listen-port {GatewayPort} peer {client} allowed-ips {GatewayClient(s)}/{s.HostLength}
            ip link set vpn0 addrgenmode none mtu 1280 up; ip addr add {GatewayEnd(s)}/{Length(s)} dev vpn0
            ip link add lan1 type veth peer name eth0 netns {behind}; ip link set lan1 up; ip addr add {BehindGateway(s)}/{Length(s)} dev lan1{dad}
            nsenter --net=/proc/{behind}/ns/net sh -c 'ip link set lo up; ip link set eth0 up; ip addr add {Behind(s)}/{Length(s)} dev eth0{dad}; {s.Ip} route add default via {BehindGateway(s)}'
            """,
            ct);
        await s.NftAsync(s.B, $"table {s.Nft} nodeport {{ chain p {{ type nat hook prerouting priority -100; iifname \"{s.Uplink(s.B)}\" udp dport {GatewayPort} dnat to {s.At(s.Pod(s.B), GatewayPort)}; }}; }}", ct);
        await s.DoAsync(
            s.A,
            $"""
            set -e
            wg set vpn1 peer {gateway} endpoint {s.Endpoint(s.B, GatewayPort)} allowed-ips {GatewayEnd(s)}/{s.HostLength},{BehindNetwork(s)}
            ip link set vpn1 addrgenmode none mtu 1280 up; ip addr add {GatewayClient(s)}/{Length(s)} dev vpn1
            {s.Ip} route add {BehindNetwork(s)} dev vpn1
            """,
            ct);
        await UntilAsync(() => s.PingAsync(s.A, pod: false, Behind(s), ct, count: 1), "the network behind the gateway pod does not answer", ct);
    }

    // kube-proxy's chain, a second pod on the bridge, and a server in it.
    private static async Task ServiceAsync(Scene s, CancellationToken ct)
    {
        var pod = await NewSpaceAsync(s, s.B, ct);
        var inside = $"nsenter --net=/proc/{pod}/ns/net";
        await s.DoAsync(
            s.B,
            $"""
            set -e
            echo 1 > {BridgeSwitch(s)}
            ip link add veth-pod2 mtu {s.Mtu(s.B)} type veth peer name eth0 mtu {s.Mtu(s.B)} netns {pod}
            ip link set veth-pod2 master {s.PodDevice(s.B)} up
            {inside} sh -c 'ip link set lo up; ip link set eth0 up; ip addr add {SecondPod(s)}/{Length(s)} dev eth0{(s.V6 ? " nodad" : "")}; {s.Ip} route add default via {AddressPlan.Bridge(s.Family, s.B.Number)}'
            {s.Iptables} -t nat -N KUBE-SERVICES; {s.Iptables} -t nat -A PREROUTING -j KUBE-SERVICES
            {s.Iptables} -t nat -A KUBE-SERVICES -d {Vip(s)}/{s.HostLength} -p tcp --dport 80 -j DNAT --to-destination {s.At(SecondPod(s), 8080)}
            """,
            ct);
        await s.StartAsync(s.B.Host, $"{inside} python3 -c \"import socket; s=socket.create_server(('{SecondPod(s)}',8080),family=socket.{(s.V6 ? "AF_INET6" : "AF_INET")})\nwhile 1: s.accept()[0].close()\"", ct);
        await UntilAsync(() => ConnectsAsync(s, Vip(s), 80, ct), "the Service does not answer", ct);
        await s.StartAsync(s.B.Pod, $"while :; do {Connect(Vip(s), 80)}; sleep 0.5; done >/dev/null 2>&1", ct);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string otherwise, CancellationToken ct)
    {
        for (var i = 0; !await holds(); i++)
        {
            if (i == 20) throw new Lab.LabException(otherwise);
            await Task.Delay(TimeSpan.FromMilliseconds(300), ct);
        }
    }

    private static async Task<bool> ConnectsAsync(Scene s, string address, int port, CancellationToken ct) => (await s.B.RunInPodAsync(Connect(address, port), ct)).Succeeded;

    private static string Connect(string address, int port) => $"python3 -c \"import socket; socket.create_connection(('{address}',{port}),2)\"";

    private static string Forwarding(Scene s) => s.V6 ? "/proc/sys/net/ipv6/conf/all/forwarding" : "/proc/sys/net/ipv4/ip_forward";

    private static string BridgeSwitch(Scene s) => $"/proc/sys/net/bridge/bridge-nf-call-{s.Iptables}";

    private static int Length(Scene s) => s.V6 ? 64 : 24;

    private static string GatewayClient(Scene s) => s.V6 ? "fd00:88::1" : "10.88.0.1";

    private static string GatewayEnd(Scene s) => s.V6 ? "fd00:88::2" : "10.88.0.2";

    private static string BehindNetwork(Scene s) => s.V6 ? "fd00:89::/64" : "10.89.0.0/24";

    private static string BehindGateway(Scene s) => s.V6 ? "fd00:89::1" : "10.89.0.1";

    private static string Behind(Scene s) => s.V6 ? "fd00:89::10" : "10.89.0.10";

    private static string SecondPod(Scene s) => s.V6 ? $"{s.Pod(s.B)[..s.Pod(s.B).LastIndexOf(':')]}:11" : $"{s.Pod(s.B)[..s.Pod(s.B).LastIndexOf('.')]}.11";

    private static string Vip(Scene s) => s.V6 ? "fd00:10:96::50" : "10.96.0.50";
}
