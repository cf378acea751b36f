// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Filters and translation in forms that no rule was written for: other tables, hooks, families and matches than the catalogue's examples. Written before the first run.</summary>
internal static class UnseenFaultsFilters
{
    public static IReadOnlyList<Scenario> All { get; } = [.. Outer, .. Inner, .. Translation];

    private static IReadOnlyList<Scenario> Outer =>
    [
        new()
        {
            Code = "WG-UDP-PORT-BLOCKED-INPUT",
            Variant = "unseen-legacy-raw",
            Title = "B's legacy raw table drops what comes to WireGuard's port",
            Layouts = Layouts.Flannel | Layouts.Hub,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"{s.Iptables}-legacy -t raw -A PREROUTING -p udp --dport {s.Port(s.B)} -j DROP", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-UDP-PORT-BLOCKED-INPUT",
            Variant = "unseen-ipset",
            Title = "A stands in a set of banned addresses on B",
            // The rule bans everything from A, over IPv6 its neighbour discovery too.
            AlsoAcceptable = ["WG-IPV6-ND-BLOCKED"],
            Layouts = Layouts.Flannel | Layouts.Sites,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"ipset create banned hash:ip family {(s.V6 ? "inet6" : "inet")} && ipset add banned {s.Outer(s.A)} && {s.Iptables}-nft -I INPUT -m set --match-set banned src -j DROP", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-UDP-PORT-BLOCKED-INPUT",
            Variant = "unseen-ingress",
            Title = "a table of family netdev drops WireGuard's port where B's uplink receives",
            Layouts = Layouts.Calico | Layouts.Sites,
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.B, $"table netdev edge {{ chain i {{ type filter hook ingress device \"{s.Uplink(s.B)}\" priority -500; udp dport {s.Port(s.B)} counter drop; }}; }}", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-UDP-PORT-BLOCKED-INPUT",
            Variant = "unseen-quota",
            Title = "B lets two kilobytes come to WireGuard's port and drops what comes later",
            Layouts = Layouts.Flannel | Layouts.Hub,
            SettleSeconds = 8,
            InjectAsync = (s, ct) => s.NftAsync(s.B, $"table inet plan {{ quota month {{ over 2 kbytes }}; chain i {{ type filter hook input priority 0; udp dport {s.Port(s.B)} quota name \"month\" drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-UDP-PORT-BLOCKED-INPUT",
            Variant = "unseen-own-output",
            Title = "A's own legacy mangle table drops what it sends to WireGuard's port",
            Layouts = Layouts.Calico | Layouts.Sites,
            // The catalogue has no entry for the sender's own output: the host's firewall and a closed path say the same.
            AlsoAcceptable = ["WG-UDP-BLOCKED-PATH"],
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"{s.Iptables}-legacy -t mangle -A OUTPUT -p udp -d {s.Outer(s.B)} --dport {s.Port(s.B)} -j DROP", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-HANDSHAKE-RESPONSE-LOST",
            Variant = "unseen-responder-egress",
            Title = "B's own output drops its answers to handshakes",
            Layouts = Layouts.Flannel | Layouts.Hub,
            AlsoAcceptable = ["WG-UDP-PORT-BLOCKED-INPUT"],
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.B, $"table inet egress {{ chain o {{ type filter hook output priority 0; udp sport {s.Port(s.B)} @th,64,8 2 counter drop; }}; }}", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-XFRM-POLICY-BLOCK",
            Variant = "unseen-inbound-template",
            Title = "a policy of B wants everything from A's address to come by IPsec, which nobody speaks",
            Layouts = Layouts.Flannel | Layouts.Sites,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"ip xfrm policy add src {s.Outer(s.A)}/{s.HostLength} dst {s.Outer(s.B)}/{s.HostLength} dir in tmpl src {s.Outer(s.A)} dst {s.Outer(s.B)} proto esp mode tunnel", ct);
                await s.ForgetBothAsync(ct);
            },
        },
    ];

    private static IReadOnlyList<Scenario> Inner =>
    [
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "unseen-verdict-map",
            Title = "B's forward chain looks up both networks in a verdict map, which leads to a chain that drops",
            Layouts = Layouts.Flannel | Layouts.Sites,
            InjectAsync = (s, ct) => s.NftAsync(
                s.B,
                $$"""
                table inet zones {
                  chain refuse { counter drop; }
                  map pairs { type {{(s.V6 ? "ipv6_addr . ipv6_addr" : "ipv4_addr . ipv4_addr")}} : verdict; flags interval; elements = { {{s.PodNetwork(s.A)}} . {{s.PodNetwork(s.B)}} : jump refuse } }
                  chain inspect { {{s.Nft}} saddr . {{s.Nft}} daddr vmap @pairs; }
                  chain transit { type filter hook forward priority 10; policy accept; ct state established accept; jump inspect; }
                }
                """,
                ct),
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "unseen-ingress-of-the-tunnel",
            Title = "a table of family netdev drops what comes out of B's tunnel before anything else sees it",
            Layouts = Layouts.Flannel | Layouts.Hub,
            AlsoAcceptable = ["WG-OVERLAY-INPUT-DROP"],
            InjectAsync = (s, ct) => s.NftAsync(s.B, $"table netdev edge {{ chain i {{ type filter hook ingress device \"{s.Device(s.B)}\" priority 0; {s.Nft} saddr {s.PodNetwork(s.A)} drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "unseen-bridge-output",
            Title = "a table of family bridge drops what B sends to its pod's port",
            Layouts = Layouts.Flannel,
            // What a bridge drops in front of the pod is, seen from the tunnel, the target's own filter.
            AlsoAcceptable = ["WG-TARGET-HOST-FILTER", "WG-CNI-POLICY-DROP"],
            InjectAsync = (s, ct) => s.NftAsync(s.B, "table bridge guard { chain o { type filter hook output priority 0; oifname \"veth-pod\" ether type { ip, ip6 } counter drop; }; }", ct),
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "unseen-answers-forgotten",
            Title = "A's forward chain accepts what its pods begin, drops by policy, and nobody thought of the answers",
            Layouts = Layouts.Calico | Layouts.Sites,
            InjectAsync = (s, ct) => s.NftAsync(s.A, $"table inet office {{ chain transit {{ type filter hook forward priority 0; policy drop; iifname \"{s.PodDevice(s.A)}\" accept; }}; }}", ct),
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "unseen-length",
            Title = "B's forward chain drops what is longer than a thousand bytes",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Traffic = Traffic.PodToPod | Traffic.Large,
            Hurts = Hurt.Large,
            InjectAsync = (s, ct) => s.NftAsync(s.B, $"table inet sizes {{ chain transit {{ type filter hook forward priority 0; iifname \"{s.Device(s.B)}\" meta length > 1000 drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "unseen-limit-runs-out",
            Title = "B forwards forty packets a second out of the tunnel and drops the others",
            Layouts = Layouts.Calico | Layouts.Hub,
            Traffic = Traffic.PodToPod | Traffic.Busy,
            Hurts = Hurt.Some,
            AlsoAcceptable = ["WG-UDP-RATE-LIMIT"],
            InjectAsync = (s, ct) => s.NftAsync(s.B, $"table inet limits {{ chain transit {{ type filter hook forward priority 0; iifname \"{s.Device(s.B)}\" limit rate over 40/second burst 5 packets counter drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "unseen-legacy-u32",
            Title = "a legacy rule of B looks at raw bytes and drops; nothing else filters",
            Layouts = Layouts.Flannel | Layouts.Sites,
            AlsoAcceptable = ["WG-IPT-LEGACY-NFT-SPLIT"],
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"{s.Iptables}-legacy -A FORWARD -m u32 --u32 '{(s.V6 ? "4>>8&0xFF=0x3a" : "6&0xFF=1")}' -j DROP", ct),
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "unseen-postrouting",
            Title = "B's mangle table drops on the way out, behind all forward chains",
            Layouts = Layouts.Calico | Layouts.Hub,
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"{s.Iptables}-nft -t mangle -A POSTROUTING -o {s.PodDevice(s.B)} -s {s.PodNetwork(s.A)} -j DROP", ct),
        },
    ];

    private static IReadOnlyList<Scenario> Translation =>
    [
        new()
        {
            Code = "WG-MASQUERADE-INTO-TUNNEL",
            Variant = "unseen-legacy-fixed",
            Title = "a legacy rule of A gives what goes to B's pods one fixed address that nobody allows",
            Layouts = Layouts.Flannel | Layouts.Sites,
            AlsoTrue = ["WG-ALLOWEDIPS-MISSING-SRC"],
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"{s.Iptables}-legacy -t nat -A POSTROUTING -d {s.PodNetwork(s.B)} -j SNAT --to-source {(s.V6 ? "fd00:77::1" : "172.30.7.1")}", ct);
                await s.DoAsync(s.A, "conntrack -F || true", ct);
            },
        },
        new()
        {
            Code = "WG-PORT-HIJACK-DNAT",
            Variant = "unseen-own-output",
            Title = "A's own output translates what it sends to WireGuard's port to a port where nobody listens",
            Layouts = Layouts.Calico | Layouts.Sites,
            // A translation of the sender's own packets stands in no entry by itself; these three tell of one that bends the outer flow.
            AlsoAcceptable = ["WG-ENDPOINT-SNAT-POISON", "WG-CONNTRACK-STALE-DNAT"],
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.A, $"table {s.Nft} proxy {{ chain o {{ type nat hook output priority -100; {s.Nft} daddr {s.Outer(s.B)} udp dport {s.Port(s.B)} dnat to {s.At(s.Outer(s.B), 9999)}; }}; }}", ct);
                await s.ForgetBothAsync(ct);
                await s.DoAsync(s.A, "conntrack -F || true", ct);
                await s.ForgetBothAsync(ct);
            },
        },
    ];
}
