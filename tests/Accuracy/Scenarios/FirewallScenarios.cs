// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Packet filters and address translation: sections I, J and K of the failure catalogue, and those of other sections that are rules.</summary>
internal static class FirewallScenarios
{
    /// <summary>wg-quick's usual mark, 0xca6c: it has the bits 0x8000 and 0x4000.</summary>
    private const int UsualMark = 51820;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-UDP-PORT-BLOCKED-INPUT",
            Title = "B's input drops packets for WireGuard's port",
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.B, $"table inet t {{ chain i {{ type filter hook input priority 0; udp dport {s.Port(s.B)} counter drop; }}; }}", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-PORT-HIJACK-DNAT",
            Title = "a DNAT rule of B sends WireGuard's port to its pod",
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.B, $"table {s.Nft} t {{ chain p {{ type nat hook prerouting priority -100; udp dport {s.Port(s.B)} counter dnat to {s.At(s.Pod(s.B), 9999)}; }}; }}", ct);
                await s.DoAsync(s.B, "conntrack -F || true", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Title = "B's forward chain drops what comes out of the tunnel",
            InjectAsync = (s, ct) => s.NftAsync(s.B, $"table inet t {{ chain f {{ type filter hook forward priority 0; iifname {s.Device(s.B)} counter drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "second-chain",
            Title = "one of B's chains accepts, a later one of the same hook drops without a counter",
            InjectAsync = (s, ct) => s.NftAsync(s.B, $"table inet t {{ chain a {{ type filter hook forward priority -10; iifname {s.Device(s.B)} accept; }}; chain f {{ type filter hook forward priority 0; iifname {s.Device(s.B)} drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-NFT-FORWARD-DROP",
            Variant = "return",
            Title = "A's forward chain drops what goes into the tunnel",
            InjectAsync = (s, ct) => s.NftAsync(s.A, $"table inet t {{ chain f {{ type filter hook forward priority 0; oifname {s.Device(s.A)} counter drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-IPT-FORWARD-POLICY-DROP",
            Title = "the policy of B's FORWARD chain is DROP",
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"{s.Iptables}-nft -P FORWARD DROP", ct),
        },
        new()
        {
            Code = "WG-IPT-LEGACY-NFT-SPLIT",
            Title = "a legacy rule of B drops, its other rules are in nf_tables",
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.B, "table inet t { chain i { type filter hook forward priority 0; ct state established counter accept; }; }", ct);
                await s.DoAsync(s.B, $"{s.Iptables}-legacy -I FORWARD -i {s.Device(s.B)} -j DROP", ct);
            },
        },
        new()
        {
            Code = "WG-FIREWALLD-ZONE",
            Title = "B's table firewalld rejects what is forwarded from a zone that does not allow it",
            InjectAsync = (s, ct) => s.NftAsync(s.B, "table inet firewalld { chain filter_FORWARD { type filter hook forward priority 10; iifname lo accept; counter reject with icmpx type admin-prohibited; }; }", ct),
        },
        new()
        {
            Code = "WG-OVERLAY-INPUT-DROP",
            Title = "B's input drops what comes out of the tunnel",
            Traffic = Traffic.HostToHost | Traffic.PodToPod,
            Hurts = Hurt.HostToHost,
            InjectAsync = (s, ct) => s.NftAsync(s.B, $"table inet t {{ chain i {{ type filter hook input priority 0; iifname {s.Device(s.B)} counter drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-RPF-FIREWALL",
            Title = "B's reverse path rule drops what comes out of the tunnel, the way back to A's pods is gone",
            Layouts = Layouts.Sites,
            AlsoTrue = ["WG-RETURN-ROUTE-MISSING"],
            // The rule drops because the route is gone: the deeper cause is as good.
            AlsoAcceptable = ["WG-ROUTE-MISSING", "WG-ALLOWEDIPS-WITHOUT-ROUTE"],
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.B, "table inet t { chain p { type filter hook prerouting priority -290; fib saddr . iif oif missing counter drop; }; }", ct);
                await s.DoAsync(s.B, $"{s.Ip} route del {s.PodNetwork(s.A)}", ct);
            },
        },
        new()
        {
            Code = "WG-FWMARK-KUBE-BITS",
            Title = "A's device has wg-quick's usual mark, and a rule drops 0x8000 as kubelet's did",
            Layouts = Layouts.Flannel | Layouts.Sites,
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.A, "table ip t { chain o { type filter hook output priority 0; meta mark & 0x8000 == 0x8000 counter drop; }; }; table ip6 t { chain o { type filter hook output priority 0; meta mark & 0x8000 == 0x8000 counter drop; }; }", ct);
                await s.WgSetAsync(s.A, $"fwmark {UsualMark}", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-MASQUERADE-INTO-TUNNEL",
            Title = "A gives what its pods send into the tunnel the node's own underlay address",
            Layouts = Layouts.Flannel | Layouts.Calico | Layouts.Sites,
            AlsoTrue = ["WG-ALLOWEDIPS-MISSING-SRC"],
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.A, $"table {s.Nft} t {{ chain p {{ type nat hook postrouting priority 100; oifname {s.Device(s.A)} counter snat to {s.Outer(s.A)}; }}; }}", ct);
                await s.DoAsync(s.A, "conntrack -F || true", ct);
            },
        },
        new()
        {
            Code = "WG-CNI-POLICY-DROP",
            Title = "a deny-all policy in Calico's chains on B",
            InjectAsync = (s, ct) => s.NftAsync(s.B, $"table {s.Nft} filter {{ chain cali-FORWARD {{ counter drop; }}; chain FORWARD {{ type filter hook forward priority 0; iifname {s.Device(s.B)} counter jump cali-FORWARD; }}; }}", ct),
        },
        new()
        {
            Code = "WG-CONNTRACK-NOTRACK",
            Title = "B exempts what comes out of the tunnel from tracking and drops what is untracked",
            InjectAsync = (s, ct) => s.NftAsync(s.B, $"table inet t {{ chain r {{ type filter hook prerouting priority -300; iifname {s.Device(s.B)} notrack; }}; chain f {{ type filter hook forward priority 10; ct state untracked counter drop; }}; }}", ct),
        },
        Scenario.Impossible("WG-CONNTRACK-FULL", "the maximum can be set in the first namespace only", "WalkFaultTests"),
    ];
}
