// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Faults that stand in a file of the node: sections B, H, S and U of the failure catalogue.</summary>
internal static class FileScenarios
{
    public static IReadOnlyList<Scenario> All { get; } = [.. Quick, .. Sysctls, .. Cni];

    private static IReadOnlyList<Scenario> Quick =>
    [
        new()
        {
            Code = "WG-WGQUICK-CONFIG-DRIFT",
            Title = "A's file has B as a peer, A's device has lost it",
            Layouts = Layouts.Routed,
            Prepare = (s, ct) => NodeFiles.QuickAsync(s, s.A, ct),
            InjectAsync = (s, ct) => s.WgSetAsync(s.A, $"peer {s.Key(s.B)} remove", ct),
        },
        new()
        {
            Code = "WG-WGQUICK-CONFIG-DRIFT",
            Variant = "narrowed",
            Title = "B's file gives A its network, B's running device only A's tunnel address",
            Layouts = Layouts.Routed,
            Prepare = (s, ct) => NodeFiles.QuickAsync(s, s.B, ct),
            InjectAsync = (s, ct) => s.WgSetAsync(s.B, $"peer {s.Key(s.A)} allowed-ips {s.Tunnel(s.A)}/{s.HostLength}", ct),
        },
        new()
        {
            Code = "WG-WGQUICK-CONFIG-DRIFT",
            Variant = "not-applied",
            Title = "a second network of A was written into B's file, and nobody told the running device",
            Layouts = Layouts.Sites,
            // What the device does with that network is true as well.
            AlsoTrue = ["WG-ALLOWEDIPS-MISSING-SRC"],
            Hurts = Hurt.None,
            Effect = async (s, ct) => !(await s.A.RunAsync($"ping -n -q -c 3 -i 0.3 -W 1 -I {SecondHost(s)} {s.Pod(s.B)}", ct)).Succeeded,
            Prepare = (s, ct) => s.DoAsync(s.A, $"{s.Ip} addr add {SecondHost(s)}/{(s.V6 ? 64 : 24)} dev {s.PodDevice(s.A)}{(s.V6 ? " nodad" : "")}", ct),
            InjectAsync = (s, ct) => NodeFiles.QuickAsync(s, s.B, ct, $"sed 's|^AllowedIPs = .*|&, {SecondNetwork(s)}|'"),
        },
        new()
        {
            Code = "WG-KEY-SELF-PEER",
            Title = "A's file has A's own key where B's was meant, and the device was set up from it",
            Layouts = Layouts.Routed,
            InjectAsync = async (s, ct) =>
            {
                await NodeFiles.QuickAsync(s, s.A, ct, $"sed 's|{s.Key(s.B)}|{s.Key(s.A)}|'");
                await NodeFiles.SyncAsync(s, s.A, ct);
            },
        },
    ];

    private static IReadOnlyList<Scenario> Sysctls =>
    [
        new()
        {
            Code = "WG-SYSCTL-RESET",
            Title = "on B a package brought a file that switches off the forwarding which an earlier file switches on",
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => NodeFiles.WriteAsync(s, n, "/etc/sysctl.d/90-kubernetes.conf", $"{NodeFiles.Forwarding(s)} = 1", ct)),
            InjectAsync = async (s, ct) =>
            {
                await NodeFiles.WriteAsync(s, s.B, "/etc/sysctl.d/99-hardening.conf", $"# recommended for hosts that are no routers\n{NodeFiles.Forwarding(s)}=0", ct);
                await NodeFiles.ApplySysctlsAsync(s, s.B, ct);
            },
        },
        new()
        {
            Code = "WG-SYSCTL-RESET",
            Variant = "at-runtime",
            Title = "B's file switches forwarding on, a program switched it off since",
            Prepare = (s, ct) => NodeFiles.WriteAsync(s, s.B, "/etc/sysctl.d/90-kubernetes.conf", $"{NodeFiles.Forwarding(s).Replace('.', '/')}=1", ct),
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"sysctl -qw {NodeFiles.Forwarding(s)}=0", ct),
        },
    ];

    private static IReadOnlyList<Scenario> Cni =>
    [
        new()
        {
            Code = "WG-CNI-CONFIG-ORDER",
            Title = "on B a file of another network comes before the network's own",
            Layouts = Layouts.Clusters,
            Prepare = NodeFiles.CniAsync,
            // Pods that run keep what they have; a new one is made as the file that counts now says.
            Hurts = Hurt.None,
            Effect = async (s, ct) => (await FirstAsync(s, ct)).StartsWith("05-", StringComparison.Ordinal) && !await s.PingAsync(s.A, pod: true, NewPod(s), ct),
            InjectAsync = async (s, ct) =>
            {
                await NodeFiles.WriteAsync(s, s.B, $"{NodeFiles.CniFolder}/05-containerd-net.conflist", NodeFiles.RuntimeCni(s), ct);
                await s.StartAsync(s.B.Host, $"exec unshare --net sh -c 'echo $$ >/run/new-pod; exec sleep infinity'", ct);
                var bridge = s.Layout == Layouts.Calico ? "ip link add cni0 type bridge; ip link set cni0 up; " : "";
                var noDad = s.V6 ? " nodad" : "";
                await s.DoAsync(
                    s.B,
                    $"until [ -s /run/new-pod ]; do sleep 0.1; done; p=$(cat /run/new-pod); {bridge}{s.Ip} addr add {NewGateway(s)} dev cni0{noDad}; "
                    + $"ip link add veth-new type veth peer name eth0 netns $p; ip link set veth-new master cni0 up; nsenter -t $p -n ip link set eth0 up; "
                    + $"nsenter -t $p -n {s.Ip} addr add {NewPod(s)}/{(s.V6 ? 64 : 16)} dev eth0{noDad}; nsenter -t $p -n {s.Ip} route add default via {NewGateway(s).Split('/')[0]}",
                    ct);
            },
        },
        new()
        {
            Code = "WG-CNI-CONFIG-ORDER",
            Variant = "broken",
            Title = "the network's own file on B was written by half",
            Layouts = Layouts.Clusters,
            Prepare = NodeFiles.CniAsync,
            Hurts = Hurt.None,
            Effect = async (s, ct) => (await s.DoAsync(s.B, $"wc -c <{NodeFiles.CniFolder}/{NodeFiles.Cni(s).Name}", ct)).Trim() == "90",
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"truncate -s 90 {NodeFiles.CniFolder}/{NodeFiles.Cni(s).Name}", ct),
        },
        new()
        {
            Code = "WG-CNI-DUPLICATE-OWNER",
            Title = "A still has the device, the rule and the routes of Calico, which was here before",
            Layouts = Layouts.Flannel,
            Prepare = NodeFiles.CniAsync,
            InjectAsync = async (s, ct) =>
            {
                var old = s.V6 ? "wg-v6.cali" : "wireguard.cali";
                await s.DoAsync(s.A, s.Network.CreateCommand(old), ct);
                await s.DoAsync(
                    s.A,
                    $"wg genkey | wg set {old} listen-port {OldPort} fwmark 0x100000 private-key /dev/stdin peer {Stranger} endpoint {s.Endpoint(s.B, OldPort)} allowed-ips {s.PodNetwork(s.B)}",
                    ct);
                await s.DoAsync(
                    s.A,
                    $"ip link set {old} mtu 1420 up; {s.Ip} route add {s.PodNetwork(s.B)} dev {old} table 1 proto 80; {s.Ip} rule add priority 99 not fwmark 0x100000/0x100000 lookup 1",
                    ct);
            },
        },
        new()
        {
            Code = "WG-CNI-DUPLICATE-OWNER",
            Variant = "port",
            Title = "B still has flannel's device, which holds the port that Calico's needs",
            Layouts = Layouts.Calico,
            // Only the kernel refuses to set a device up whose port is taken, and Calico uses no other.
            Implementations = Implementations.Kernel,
            Prepare = NodeFiles.CniAsync,
            InjectAsync = async (s, ct) =>
            {
                var old = s.V6 ? "flannel-wg-v6" : "flannel-wg";
                await s.DoAsync(s.B, $"ip link set {s.Device(s.B)} down && {s.Network.CreateCommand(old)}", ct);
                await s.DoAsync(
                    s.B,
                    $"wg genkey | wg set {old} listen-port {s.Port(s.B)} private-key /dev/stdin peer {Stranger} endpoint {s.Endpoint(s.A)} allowed-ips {SecondNetwork(s)} && ip link set {old} up && ! ip link set {s.Device(s.B)} up",
                    ct);
            },
        },
    ];

    private const int OldPort = 51830;

    // A key that nobody has.
    private static string Stranger { get; } = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(number => (byte)number)]);

    // What a runtime takes: the first by name of the files that count.
    private static async Task<string> FirstAsync(Scene s, CancellationToken ct) =>
        await s.DoAsync(s.B, $"ls {NodeFiles.CniFolder} | grep -E '\\.(conf|conflist|json)$' | LC_ALL=C sort | head -n 1", ct);

    private static string SecondHost(Scene s) => s.V6 ? "fd00:10:33::1" : "10.33.0.1";

    private static string SecondNetwork(Scene s) => s.V6 ? "fd00:10:33::/64" : "10.33.0.0/24";

    private static string NewGateway(Scene s) => s.V6 ? "fd00:88::1/64" : "10.88.0.1/16";

    private static string NewPod(Scene s) => s.V6 ? "fd00:88::7" : "10.88.0.7";
}
