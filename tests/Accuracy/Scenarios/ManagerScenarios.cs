// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Programs of the host that set up networks, rights of the probe, devices in other namespaces: sections P, T and U of the failure catalogue.</summary>
internal static class ManagerScenarios
{
    public static IReadOnlyList<Scenario> All { get; } = [.. Managers, .. Rights, .. Namespaces];

    private static IReadOnlyList<Scenario> Managers =>
    [
        new()
        {
            Code = "WG-NETWORKD-FLUSH",
            Title = "systemd-networkd was started again on A and removed the rule of table 1 and the routes on the uplink, which it did not make",
            Layouts = Layouts.Calico,
            Implementations = Implementations.Userspace,
            SettleSeconds = 6,
            Effect = async (s, ct) => !(await s.DoAsync(s.A, $"{s.Ip} rule", ct)).Split('\n').Any(line => line.TrimEnd().EndsWith("lookup 1", StringComparison.Ordinal)),
            InjectAsync = (s, ct) => NetworkdAsync(s, s.A, withDevice: false, ct),
        },
        new()
        {
            Code = "WG-NETWORKD-FLUSH",
            Variant = "device",
            Title = "systemd-networkd was started again on A with a file that gives WireGuard's device its address and no routes, and removed those that are there",
            Layouts = Layouts.Flannel | Layouts.Routed,
            Implementations = Implementations.Userspace,
            SettleSeconds = 6,
            Effect = async (s, ct) => !(await s.DoAsync(s.A, $"{s.Ip} route get {s.Pod(s.B)} || true", ct)).Contains($"dev {s.Device(s.A)}", StringComparison.Ordinal),
            InjectAsync = (s, ct) => NetworkdAsync(s, s.A, withDevice: true, ct),
        },
        new()
        {
            Code = "WG-WGQUICK-ON-K8S-NODE",
            Title = "on A, which reaches the other nodes through its router, somebody brought up a VPN for everything",
            Layouts = Layouts.Clusters,
            Implementations = Implementations.Userspace,
            Prepare = async (s, ct) =>
            {
                await NodeFiles.CniAsync(s, ct);
                await BehindRouterAsync(s, ct);
            },
            Publishes = (_, _) => { },
            // Its server does not answer either.
            AlsoTrue = ["WG-HANDSHAKE-NEVER"],
            InjectAsync = async (s, ct) =>
            {
                await VpnAsync(s, s.V6 ? "::/0" : "0.0.0.0/0", ct);
                // A program that has the uplink's index in its hand for a peer goes on using it; a new session asks for the way anew.
                await s.ForgetBothAsync(ct);
            },
        },
    ];

    private static IReadOnlyList<Scenario> Rights =>
    [
        new()
        {
            Code = "WG-PROBE-CAPABILITY",
            Title = "B's probe runs without CAP_NET_ADMIN",
            Hurts = Hurt.None,
            ProbeBehind = (s, node) => node == s.B ? Without("net_admin") : "",
            Effect = async (s, ct) => !(await s.B.RunAsync($"{Without("net_admin")} nft list ruleset", ct)).Succeeded && await s.PingAsync(s.A, pod: true, s.Pod(s.B), ct),
        },
        new()
        {
            Code = "WG-PROBE-CAPABILITY",
            Variant = "namespaces",
            Title = "B's probe runs without CAP_SYS_ADMIN and CAP_SYS_PTRACE",
            Hurts = Hurt.None,
            ProbeBehind = (s, node) => node == s.B ? Without("sys_admin,-sys_ptrace") : "",
            Effect = async (s, ct) => !(await s.B.RunAsync($"{Without("sys_admin,-sys_ptrace")} nsenter -t 1 -n true", ct)).Succeeded && await s.PingAsync(s.A, pod: true, s.Pod(s.B), ct),
        },
    ];

    private static IReadOnlyList<Scenario> Namespaces =>
    [
        new()
        {
            Code = "WG-IFACE-MOVED-NETNS",
            Title = "B's device was moved into its pod's namespace",
            // A TUN device that leaves its namespace is taken from wireguard-go.
            Implementations = Implementations.Kernel,
            ReadsPods = true,
            InjectAsync = async (s, ct) => await Command.OutputAsync(
                s.B.Host.BuildArgv(["ip", "link", "set", s.Device(s.B), "netns", $"{s.B.Pod.NetworkPid}"]), input: null, ct),
        },
        new()
        {
            Code = "WG-IFACE-SOCKET-GONE",
            Title = "B's device was made in a container's namespace, which has ended",
            Implementations = Implementations.Kernel,
            InjectAsync = async (s, ct) =>
            {
                var device = s.Device(s.B);
                var routes = s.Network.Nodes.Where(node => node != s.B).Select(node => $"{s.Ip} route add {s.RouteTo(s.B, node)}").Distinct(StringComparer.Ordinal);
                await s.DoAsync(
                    s.B,
                    $"umask 077; wg showconf {device} >/run/kept.conf; ip link del {device}; unshare --net sleep 60 >/dev/null 2>&1 & p=$!; sleep 0.5; "
                    + $"nsenter -t $p -n ip link add {device} type wireguard && nsenter -t $p -n ip link set {device} netns 1 && wg setconf {device} /run/kept.conf && "
                    + $"ip link set {device} mtu {s.Mtu(s.B)} up && {s.Ip} addr add {s.Tunnel(s.B)}/{s.TunnelLength(s.B)} dev {device}; {string.Join("; ", routes)}; kill $p; sleep 1",
                    ct);
            },
        },
    ];

    private static string Without(string capabilities) => $"setpriv --bounding-set=-{capabilities} --inh-caps=-{capabilities}";

    /// <summary>
    /// The machine's own systemd-networkd inside of a node. No udev runs there: what it would have noted of each link stands there instead. Its file describes the
    /// uplink as it is, a second one WireGuard's device without its routes.
    /// </summary>
    internal static async Task NetworkdAsync(Scene s, LabNode node, bool withDevice, CancellationToken ct)
    {
        var plan = s.Network.PlanOf(node);
        await NodeFiles.WriteAsync(
            s, node, "/etc/systemd/network/10-uplink.network", $"[Match]\nName={s.Uplink(node)}\n[Network]\nAddress={plan.Outer}/{plan.OuterLength}\nGateway={plan.Gateway}\nIPv6AcceptRA=no", ct);
        if (withDevice)
            await NodeFiles.WriteAsync(s, node, "/etc/systemd/network/20-vpn.network", $"[Match]\nName={s.Device(node)}\n[Network]\nAddress={s.Tunnel(node)}/{s.TunnelLength(node)}\nIPv6AcceptRA=no", ct);
        await s.DoAsync(
            node,
            "mkdir -p /run/systemd/netif /run/udev/data && chown systemd-network: /run/systemd/netif && touch /run/udev/control && "
            + "for link in /sys/class/net/*/ifindex; do echo I:1 >/run/udev/data/n$(cat $link); done",
            ct);
        await s.StartAsync(node.Host, "exec /lib/systemd/systemd-networkd >/run/networkd.log 2>&1", ct);
    }

    /// <summary>A has its address alone and everybody else behind its router, as nodes at many clouds; the network's routes over the wire itself then make no sense.</summary>
    internal static async Task BehindRouterAsync(Scene s, CancellationToken ct)
    {
        await s.DoRouterAsync($"echo 0 >/proc/sys/net/ipv4/conf/all/send_redirects; sysctl -qw {NodeFiles.Forwarding(s)}=1", ct);
        var (uplink, outer, length) = (s.Uplink(s.A), s.Outer(s.A), s.Network.PlanOf(s.A).OuterLength);
        await s.DoAsync(
            s.A,
            $"{s.Ip} addr del {outer}/{length} dev {uplink} && {s.Ip} addr add {outer}/{s.HostLength} dev {uplink}{(s.V6 ? " nodad" : "")} && {s.Ip} route flush proto bird; "
            + $"{s.Ip} route replace {s.Gateway(s.A)} dev {uplink}; {s.Ip} route replace default via {s.Gateway(s.A)} dev {uplink}",
            ct);
    }

    /// <summary>wg-quick itself brings up a client of a VPN on A; its server is the router's address, where nobody answers.</summary>
    internal static async Task VpnAsync(Scene s, string allowed, CancellationToken ct)
    {
        await s.DoAsync(
            s.A,
            $"umask 077; {{ echo [Interface]; echo PrivateKey = $(wg genkey); echo Address = {(s.V6 ? "fd00:200::2/128" : "10.200.0.2/32")}; echo [Peer]; echo PublicKey = $(wg genkey | wg pubkey); "
            + $"echo AllowedIPs = {allowed}; echo Endpoint = {s.At(s.Gateway(s.A), 1194)}; }} >{NodeFiles.Quick("vpn0")}",
            ct);
        await s.DoAsync(s.A, "WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1 wg-quick up vpn0 </dev/null >/run/wg-quick.log 2>&1 || { cat /run/wg-quick.log >&2; false; }", ct);
    }
}
