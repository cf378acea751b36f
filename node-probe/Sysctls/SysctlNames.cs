// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Sysctls;

/// <summary>Which sysctls decide about packets, and which ones are nobody's business.</summary>
internal static class SysctlNames
{
    /// <summary>Global ones that decide; all that is read in namespaces without a tunnel.</summary>
    public static readonly string[] DecidingGlobal =
    [
        "net.bridge.bridge-nf-call-arptables",
        "net.bridge.bridge-nf-call-ip6tables",
        "net.bridge.bridge-nf-call-iptables",
        "net.ipv4.fib_multipath_hash_policy",
        "net.ipv4.fwmark_reflect",
        "net.ipv4.icmp_ratelimit",
        "net.ipv4.ip_forward",
        "net.ipv4.ip_forward_use_pmtu",
        "net.ipv4.ip_no_pmtu_disc",
        "net.ipv4.ip_nonlocal_bind",
        "net.ipv4.route.min_pmtu",
        "net.ipv4.route.mtu_expires",
        "net.ipv4.tcp_base_mss",
        "net.ipv4.tcp_mtu_probing",
        "net.ipv6.bindv6only",
        "net.ipv6.fib_multipath_hash_policy",
        "net.ipv6.fwmark_reflect",
        "net.ipv6.ip_nonlocal_bind",
        "net.ipv6.route.mtu_expires",
        "net.netfilter.nf_conntrack_checksum",
        "net.netfilter.nf_conntrack_count",
        "net.netfilter.nf_conntrack_max",
        "net.netfilter.nf_conntrack_tcp_be_liberal",
        "net.netfilter.nf_conntrack_udp_timeout",
        "net.netfilter.nf_conntrack_udp_timeout_stream",
    ];

    /// <summary>Of conf.DEVICE: always in the facts, equal to the default or not, because verdicts read them.</summary>
    public static readonly string[] AlwaysV4 = ["forwarding", "rp_filter", "src_valid_mark"];

    /// <inheritdoc cref="AlwaysV4"/>
    public static readonly string[] AlwaysV6 = ["forwarding", "force_forwarding", "disable_ipv6", "accept_ra"];

    /// <summary>Of conf.DEVICE: read in every namespace, in the facts where they differ from conf.default.</summary>
    public static readonly string[] DecidingV4 =
    [
        "accept_local", "arp_announce", "arp_filter", "arp_ignore", "disable_policy", "disable_xfrm", "log_martians", "proxy_arp",
        "route_localnet", "send_redirects",
    ];

    /// <inheritdoc cref="DecidingV4"/>
    public static readonly string[] DecidingV6 = ["accept_dad", "accept_ra_mtu", "autoconf", "mtu", "proxy_ndp"];

    /// <summary>
    /// Keys and seeds: TCP Fast Open cookies, stable addresses (RFC 7217), hashes that attackers want to know; and switches that do
    /// something instead of being something.
    /// </summary>
    private static readonly string[] Withheld = ["tcp_fastopen_key", "stable_secret", "netdev_rss_key", "fib_multipath_hash_seed", "flush"];

    /// <summary>True for what is never read.</summary>
    public static bool IsWithheld(string leaf) => Withheld.Contains(leaf);
}
