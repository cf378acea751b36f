// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;
using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Faults that need a neighbour to play along: a router that advertises, a second owner of an address, a router that passes inner packets in clear text, another mesh's ranges.</summary>
internal static partial class NetworkScenarios
{
    // Tailscale's own rules and what they take for theirs.
    private const string SharedTunnel = "100.64.7.", SharedUnderlay = "100.64.9.";

    public static IReadOnlyList<Scenario> All { get; } = [.. Replies, .. Advertised, .. Shared];

    private static IReadOnlyList<Scenario> Replies =>
    [
        new()
        {
            Code = "WG-ASYMMETRIC-PATH",
            Title = "B answers A's pods beside the tunnel, in clear text, and everything on the way lets it pass",
            Layouts = Layouts.Flannel | Layouts.Routed,
            Hurts = Hurt.None,
            Effect = async (s, ct) => await s.PingAsync(s.A, pod: true, s.Pod(s.B), ct)
                && !(await s.DoAsync(s.A, "nft list table inet watch", ct)).Contains("packets 0 ", StringComparison.Ordinal),
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.A, $"table inet watch {{ chain p {{ type filter hook prerouting priority -400; iifname \"{s.Uplink(s.A)}\" {s.Nft} saddr {s.Pod(s.B)} {s.Nft} daddr {s.Pod(s.A)} counter; }}; }}", ct);
                if (s.Layout == Layouts.Flannel)
                {
                    // Routes of single nodes instead of the one for the cluster network, as flannel's host-gw has them.
                    await s.DoAsync(s.B, $"{s.Ip} route add {s.PodNetwork(s.C!)} dev {s.Device(s.B)} && {s.Ip} route add {s.PodNetwork(s.A)} via {s.Outer(s.A)} && {s.Ip} route del {s.RouteTo(s.B, s.A)}", ct);
                    return;
                }

                await s.DoRouterAsync($"{s.Ip} route add {s.PodNetwork(s.A)} via {s.Outer(s.A)}", ct);
                await s.DoAsync(s.B, $"{s.Ip} route replace {s.PodNetwork(s.A)} via {s.Gateway(s.B)}", ct);
            },
        },
        new()
        {
            Code = "WG-MARTIAN-SOURCE",
            Title = "B's tunnel address has a mask by which A's is the broadcast address",
            Layouts = Layouts.Routed,
            Families = Families.V4,
            Traffic = Traffic.PodToPod | Traffic.HostToPod,
            Hurts = Hurt.HostToPod,
            Prepare = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"ip addr add {Broadcast(s)}/32 dev {s.Device(s.A)}; ip addr del {s.Tunnel(s.A)}/{s.TunnelLength(s.A)} dev {s.Device(s.A)}; ip route add {TunnelStart(s)}0/24 dev {s.Device(s.A)}", ct);
                await s.WgSetAsync(s.B, $"peer {s.Key(s.A)} allowed-ips {Broadcast(s)}/32,{s.PodNetwork(s.A)}", ct);
            },
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip addr add {s.Tunnel(s.B)}/29 dev {s.Device(s.B)}; ip addr del {s.Tunnel(s.B)}/{s.TunnelLength(s.B)} dev {s.Device(s.B)}", ct),
        },
    ];

    private static IReadOnlyList<Scenario> Advertised =>
    [
        new()
        {
            Code = "WG-IPV6-RA-LOST",
            Title = "A's default route came from a router advertisement, and forwarding was switched on with accept_ra 1",
            Layouts = Layouts.Routed,
            Families = Families.V6,
            Prepare = (s, ct) => AdvertiseAsync(s, lifetime: 1800, ct),
            Effect = async (s, ct) => (await s.DoAsync(s.A, "ip -6 route show default", ct)).Trim().Length == 0,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"sysctl -qw net.ipv6.conf.{s.Uplink(s.A)}.accept_ra=1 net.ipv6.conf.all.forwarding=0 && sysctl -qw net.ipv6.conf.all.forwarding=1", ct),
        },
        new()
        {
            Code = "WG-IPV6-RA-LOST",
            Variant = "runs-out",
            Title = "A's default route came from a router advertisement and is not renewed: A forwards and has accept_ra 1",
            Layouts = Layouts.Routed,
            Families = Families.V6,
            Hurts = Hurt.None,
            Prepare = (s, ct) => AdvertiseAsync(s, lifetime: 1800, ct),
            Effect = async (s, ct) =>
            {
                var before = await ExpiresAsync(s, ct);
                await Task.Delay(TimeSpan.FromSeconds(4), ct);
                return await ExpiresAsync(s, ct) is { } after && after <= before - 3;
            },
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"sysctl -qw net.ipv6.conf.{s.Uplink(s.A)}.accept_ra=1", ct),
        },
        new()
        {
            Code = "WG-UNDERLAY-NO-ROUTE",
            Variant = "router-silent",
            Title = "the router stopped advertising, and A's default route has run out",
            Layouts = Layouts.Routed,
            Families = Families.V6,
            SettleSeconds = 9,
            Prepare = (s, ct) => AdvertiseAsync(s, lifetime: 4, ct),
            Effect = async (s, ct) => !(await s.A.RunAsync($"ip -6 route get {s.Outer(s.B)}", ct)).Succeeded,
            InjectAsync = (s, ct) => s.NftRouterAsync("table ip6 silent { chain o { type filter hook output priority 0; icmpv6 type nd-router-advert drop; }; }", ct),
        },
        new()
        {
            Code = "WG-IPV6-DAD-FAILED",
            Title = "another machine on B's segment has B's address, and B asked for it again",
            Families = Families.V6,
            SettleSeconds = 4,
            Effect = async (s, ct) => (await s.DoAsync(s.B, $"ip -6 addr show dev {s.Uplink(s.B)}", ct)).Contains("dadfailed", StringComparison.Ordinal),
            InjectAsync = async (s, ct) =>
            {
                var segment = Layouts.Routed.HasFlag(s.Layout) ? s.B.Name : "underlay";
                await s.DoRouterAsync($"ip -6 addr add {s.Outer(s.B)}/{s.HostLength} dev {segment} nodad", ct);
                var own = $"{s.Outer(s.B)}/{s.Network.PlanOf(s.B).OuterLength} dev {s.Uplink(s.B)}";
                await s.DoAsync(s.B, $"sysctl -qw net.ipv6.conf.{s.Uplink(s.B)}.accept_dad=1 && ip -6 addr del {own} && ip -6 addr add {own}", ct);
            },
        },
    ];

    private static IReadOnlyList<Scenario> Shared =>
    [
        new()
        {
            Code = "WG-TAILSCALE-CGNAT-DROP",
            Title = "the mesh's own addresses are in 100.64.0.0/10, and Tailscale was installed on B",
            Layouts = Layouts.Routed,
            Families = Families.V4,
            Hurts = Hurt.None,
            Prepare = ShareTunnelAsync,
            Effect = async (s, ct) => await s.PingAsync(s.A, pod: true, s.Pod(s.B), ct) && !await s.PingAsync(s.A, pod: false, SharedAddress(s, s.B), ct, count: 4),
            InjectAsync = async (s, ct) =>
            {
                await TailscaleAsync(s, s.B, ct);
                await s.StartAsync(s.A.Host, $"while :; do ping -q -n -w 600 -i 0.5 {SharedAddress(s, s.B)}; sleep 1; done >/dev/null 2>&1", ct);
            },
        },
        new()
        {
            Code = "WG-TAILSCALE-CGNAT-DROP",
            Variant = "underlay",
            Title = "the nodes reach each other by addresses in 100.64.0.0/10, and Tailscale was installed on B",
            Layouts = Layouts.Clusters,
            Families = Families.V4,
            Prepare = ShareUnderlayAsync,
            InjectAsync = async (s, ct) =>
            {
                await TailscaleAsync(s, s.B, ct);
                foreach (var (node, peer) in new[] { (s.B, s.A), (s.A, s.B) }) await s.WgSetAsync(node, $"peer {s.Key(peer)} remove", ct);
                foreach (var (node, peer) in new[] { (s.B, s.A), (s.A, s.B) }) await s.WgSetAsync(node, OverShared(s, node, peer), ct);
            },
        },
    ];

    /// <summary>Networks of the same kind that are healthy.</summary>
    public static IReadOnlyList<Scenario> Healthy { get; } =
    [
        new() { Code = null, Hurts = Hurt.None, Variant = "advertised-route", Title = "A's default route comes from router advertisements, which it takes although it forwards", Layouts = Layouts.Routed, Families = Families.V6, Prepare = (s, ct) => AdvertiseAsync(s, lifetime: 30, ct) },
        new() { Code = null, Hurts = Hurt.None, Variant = "mesh-in-shared-space", Title = "the mesh's own addresses are in 100.64.0.0/10", Layouts = Layouts.Routed, Families = Families.V4, Prepare = ShareTunnelAsync },
    ];

    // A router advertisement of RFC 4861, section 4.2, once a second, with one prefix for addresses; the kernel fills in the checksum. A gives up its own default route for it.
    private static async Task AdvertiseAsync(Scene s, int lifetime, CancellationToken ct)
    {
        var prefix = s.Outer(s.A)[..(s.Outer(s.A).LastIndexOf("::", StringComparison.Ordinal) + 2)];
        var sender =
            $"""
            import socket,struct,time
            s=socket.socket(socket.AF_INET6,socket.SOCK_RAW,58)
            s.setsockopt(41,18,255)
            ra=struct.pack('!BBHBBHII',134,0,0,64,0,{lifetime},0,0)+struct.pack('!BBBBIII',3,4,64,0xc0,7200,3600,0)+socket.inet_pton(socket.AF_INET6,'{prefix}')
            while 1:
             s.sendto(ra,('ff02::1',0,0,socket.if_nametoindex('{s.A.Name}'))); time.sleep(1)
            """;
        await s.DoAsync(s.A, $"sysctl -qw net.ipv6.conf.{s.Uplink(s.A)}.accept_ra=2", ct);
        await s.StartAsync(s.Network.Router, $"python3 -c \"{sender}\"", ct);
        await s.DoAsync(s.A, $"for i in $(seq 50); do ip -6 route show default | grep -q 'proto ra' && break; sleep 0.1; done; ip -6 route show default | grep -q 'proto ra' && ip -6 route del default via {s.Gateway(s.A)} dev {s.Uplink(s.A)}", ct);
    }

    private static async Task<int?> ExpiresAsync(Scene s, CancellationToken ct) =>
        Expires().Match(await s.DoAsync(s.A, "ip -6 route show default", ct)) is { Success: true } found ? int.Parse(found.Groups["left"].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex("proto ra .*expires (?<left>[0-9]+)sec", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Expires();

    // Every node's tunnel address, and what the others allow, in the shared range.
    private static async Task ShareTunnelAsync(Scene s, CancellationToken ct)
    {
        foreach (var node in s.Network.Nodes)
        {
            await s.DoAsync(node, $"ip addr add {SharedAddress(s, node)}/{s.TunnelLength(node)} dev {s.Device(node)}; ip addr del {s.Tunnel(node)}/{s.TunnelLength(node)} dev {s.Device(node)}", ct);
            foreach (var peer in s.Network.Nodes.Where(peer => s.Network.PlanOf(node).Peers.Any(plan => plan.Node == peer.Number)))
                await s.WgSetAsync(node, s.PeerArguments(node, peer).Replace(TunnelStart(s), SharedTunnel, StringComparison.Ordinal), ct);
        }
    }

    private static async Task ShareUnderlayAsync(Scene s, CancellationToken ct)
    {
        foreach (var node in s.Network.Nodes) await s.DoAsync(node, $"ip addr add {SharedUnderlay}{node.Number}/24 dev {s.Uplink(node)}", ct);
        foreach (var node in s.Network.Nodes)
        {
            foreach (var peer in s.Network.Nodes.Where(peer => peer != node)) await s.WgSetAsync(node, OverShared(s, node, peer), ct);
        }
    }

    private static Task<string> TailscaleAsync(Scene s, LabNode node, CancellationToken ct) =>
        s.DoAsync(node, $"ip tuntap add tailscale0 mode tun; ip link set tailscale0 up; iptables-restore --noflush <<'END'\n{HostFirewalls.Tailscale}\nEND", ct);

    private static string OverShared(Scene s, LabNode node, LabNode peer) => s.PeerArguments(node, peer).Replace(s.Outer(peer), $"{SharedUnderlay}{peer.Number}", StringComparison.Ordinal);

    private static string SharedAddress(Scene s, LabNode node) => s.Tunnel(node).Replace(TunnelStart(s), SharedTunnel, StringComparison.Ordinal);

    private static string TunnelStart(Scene s) => s.Tunnel(s.A)[..(s.Tunnel(s.A).LastIndexOf('.') + 1)];

    // The last address of the eight that B's has beside it.
    private static string Broadcast(Scene s) => $"{TunnelStart(s)}7";
}
