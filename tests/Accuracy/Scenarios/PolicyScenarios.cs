// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Marks, a full tunnel with a table of its own as wg-quick makes it, and neighbour discovery: sections D, E and T of the failure catalogue.</summary>
internal static class PolicyScenarios
{
    private const int Mark = 51820;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-FWMARK-MISMATCH",
            Title = "A sends everything into the tunnel but what has the device's mark, and the device got another mark",
            Layouts = Layouts.Sites,
            AlsoTrue = ["WG-ENDPOINT-INSIDE-TUNNEL"],
            Prepare = FullTunnelAsync,
            InjectAsync = (s, ct) => s.WgSetAsync(s.A, $"fwmark {Mark + 1}", ct),
        },
        new()
        {
            Code = "WG-RPFILTER-OUTER-MARK",
            Title = "A sends everything into the tunnel, and its uplink filters strictly without looking at marks",
            Layouts = Layouts.Sites,
            Families = Families.V4,
            Prepare = FullTunnelAsync,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.{s.Uplink(s.A)}.rp_filter=1", ct),
        },
        new()
        {
            Code = "WG-IPV6-ND-BLOCKED",
            Title = "A's firewall drops neighbour discovery, and what it knew is forgotten",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V6,
            AlsoTrue = ["WG-NEIGH-FAILED"],
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.A, $"table ip6 t {{ chain i {{ type filter hook input priority 0; iifname \"{s.Uplink(s.A)}\" icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} counter drop; }}; }}", ct);
                await s.DoAsync(s.A, $"ip -6 neigh flush dev {s.Uplink(s.A)}", ct);
            },
            SettleSeconds = 6,
        },
        new()
        {
            Code = "WG-ALLOWEDIPS-CATCHALL",
            Title = "A's peer entry for C owns everything, and the one for B has lost B's pods",
            Layouts = Layouts.Flannel,
            AlsoTrue = ["WG-ALLOWEDIPS-MISSING-DST"],
            InjectAsync = async (s, ct) =>
            {
                await s.WgSetAsync(s.A, $"peer {s.Key(s.C!)} allowed-ips {(s.V6 ? "::/0" : "0.0.0.0/0")}", ct);
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} allowed-ips {s.Tunnel(s.B)}/{s.HostLength}", ct);
            },
        },
        new()
        {
            Code = "WG-ROUTE-LOST-LINKDOWN",
            Title = "A's device went down and came up again, and nobody wrote its routes anew",
            Layouts = Layouts.Hub,
            Families = Families.V4,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"ip link set {s.Device(s.A)} down; ip link set {s.Device(s.A)} up", ct),
        },
    ];

    // As wg-quick does for AllowedIPs of 0.0.0.0/0 or ::/0.
    private static async Task FullTunnelAsync(Scene s, CancellationToken ct)
    {
        var all = s.V6 ? "::/0" : "0.0.0.0/0";
        await s.WgSetAsync(s.A, $"fwmark {Mark} peer {s.Key(s.B)} allowed-ips {all}", ct);
        await s.DoAsync(
            s.A,
            $"sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.{s.Uplink(s.A)}.rp_filter=0 net.ipv4.conf.{s.Device(s.A)}.rp_filter=0; "
            + $"{s.Ip} route add default dev {s.Device(s.A)} table {Mark}; {s.Ip} rule add not fwmark {Mark} table {Mark}; {s.Ip} rule add table main suppress_prefixlength 0",
            ct);
    }
}
