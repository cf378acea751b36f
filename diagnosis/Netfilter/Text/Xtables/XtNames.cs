// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Words for numbers.</summary>
internal static class XtNames
{
    /// <summary>Names of protocols as in Debian's /etc/protocols, of which iptables takes them.</summary>
    private static readonly Dictionary<byte, string> Protocols = new()
    {
        [1] = "icmp",
        [2] = "igmp",
        [3] = "ggp",
        [4] = "ipencap",
        [5] = "st",
        [6] = "tcp",
        [8] = "egp",
        [9] = "igp",
        [12] = "pup",
        [17] = "udp",
        [20] = "hmp",
        [22] = "xns-idp",
        [27] = "rdp",
        [29] = "iso-tp4",
        [33] = "dccp",
        [36] = "xtp",
        [37] = "ddp",
        [38] = "idpr-cmtp",
        [41] = "ipv6",
        [43] = "ipv6-route",
        [44] = "ipv6-frag",
        [45] = "idrp",
        [46] = "rsvp",
        [47] = "gre",
        [50] = "esp",
        [51] = "ah",
        [57] = "skip",
        [58] = "ipv6-icmp",
        [59] = "ipv6-nonxt",
        [60] = "ipv6-opts",
        [73] = "rspf",
        [81] = "vmtp",
        [88] = "eigrp",
        [89] = "ospf",
        [93] = "ax.25",
        [94] = "ipip",
        [97] = "etherip",
        [98] = "encap",
        [103] = "pim",
        [108] = "ipcomp",
        [112] = "vrrp",
        [115] = "l2tp",
        [124] = "isis",
        [132] = "sctp",
        [133] = "fc",
        [135] = "mobility-header",
        [136] = "udplite",
        [137] = "mpls-in-ip",
        [138] = "manet",
        [139] = "hip",
        [140] = "shim6",
        [141] = "wesp",
        [142] = "rohc",
    };

    /// <summary>enum ipt_reject_with.</summary>
    private static readonly string[] Reject4 =
    [
        "icmp-net-unreachable", "icmp-host-unreachable", "icmp-proto-unreachable", "icmp-port-unreachable", "echo-reply", "icmp-net-prohibited",
        "icmp-host-prohibited", "tcp-reset", "icmp-admin-prohibited",
    ];

    /// <summary>enum ip6t_reject_with.</summary>
    private static readonly string[] Reject6 =
    [
        "icmp6-no-route", "icmp6-adm-prohibited", "icmp6-not-neighbour", "icmp6-addr-unreachable", "icmp6-port-unreachable", "echo-reply", "tcp-reset",
        "icmp6-policy-fail", "icmp6-reject-route",
    ];

    public static string Protocol(byte number) => Protocols.TryGetValue(number, out var name) ? name : number.ToString(CultureInfo.InvariantCulture);

    public static string Reject(bool version6, uint with)
    {
        var names = version6 ? Reject6 : Reject4;
        return with < names.Length ? names[with] : with.ToString(CultureInfo.InvariantCulture);
    }
}
