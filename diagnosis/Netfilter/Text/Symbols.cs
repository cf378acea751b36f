// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Names of values, as nft writes them.</summary>
internal static class Symbols
{
    private static readonly Dictionary<DataType, (ulong Value, string Name)[]> Tables = new()
    {
        [DataType.NfProto] = [(2, "ipv4"), (10, "ipv6")],
        [DataType.EtherType] =
        [
            (0x0800, "ip"), (0x0806, "arp"), (0x86dd, "ip6"), (0x8100, "8021q"), (0x88a8, "8021ad"),
        ],
        [DataType.ArpOperation] = [(1, "request"), (2, "reply"), (3, "rrequest"), (4, "rreply"), (8, "inrequest"), (9, "inreply"), (10, "nak")],
        [DataType.InetProtocol] =
        [
            (0, "ip"), (1, "icmp"), (2, "igmp"), (3, "ggp"), (4, "ipencap"), (6, "tcp"), (8, "egp"), (9, "igp"), (17, "udp"), (29, "iso-tp4"), (33, "dccp"), (41, "ipv6"),
            (43, "ipv6-route"), (44, "ipv6-frag"), (46, "rsvp"), (47, "gre"), (50, "esp"), (51, "ah"), (58, "ipv6-icmp"), (59, "ipv6-nonxt"), (60, "ipv6-opts"),
            (88, "eigrp"), (89, "ospf"), (94, "ipip"), (97, "etherip"), (98, "encap"), (103, "pim"), (108, "ipcomp"), (112, "vrrp"), (115, "l2tp"), (132, "sctp"),
            (135, "mobility-header"), (136, "udplite"), (137, "mpls-in-ip"), (139, "hip"), (140, "shim6"), (141, "wesp"), (142, "rohc"),
        ],
        [DataType.IcmpType] =
        [
            (0, "echo-reply"), (3, "destination-unreachable"), (4, "source-quench"), (5, "redirect"), (8, "echo-request"), (9, "router-advertisement"),
            (10, "router-solicitation"), (11, "time-exceeded"), (12, "parameter-problem"), (13, "timestamp-request"), (14, "timestamp-reply"),
            (15, "info-request"), (16, "info-reply"), (17, "address-mask-request"), (18, "address-mask-reply"),
        ],
        [DataType.Icmpv6Type] =
        [
            (1, "destination-unreachable"), (2, "packet-too-big"), (3, "time-exceeded"), (4, "parameter-problem"), (128, "echo-request"), (129, "echo-reply"),
            (130, "mld-listener-query"), (131, "mld-listener-report"), (132, "mld-listener-done"), (133, "nd-router-solicit"), (134, "nd-router-advert"),
            (135, "nd-neighbor-solicit"), (136, "nd-neighbor-advert"), (137, "nd-redirect"), (138, "router-renumbering"), (141, "ind-neighbor-solicit"),
            (142, "ind-neighbor-advert"), (143, "mld2-listener-report"),
        ],
        [DataType.IcmpCode] =
        [
            (0, "net-unreachable"), (1, "host-unreachable"), (2, "prot-unreachable"), (3, "port-unreachable"), (9, "net-prohibited"), (10, "host-prohibited"),
            (13, "admin-prohibited"), (4, "frag-needed"),
        ],
        [DataType.Icmpv6Code] = [(0, "no-route"), (1, "admin-prohibited"), (3, "addr-unreachable"), (4, "port-unreachable"), (5, "policy-fail"), (6, "reject-route")],
        [DataType.IcmpxCode] = [(0, "no-route"), (1, "port-unreachable"), (2, "host-unreachable"), (3, "admin-prohibited")],
        [DataType.IgmpType] =
        [
            (0x11, "membership-query"), (0x12, "membership-report-v1"), (0x16, "membership-report-v2"), (0x22, "membership-report-v3"), (0x17, "leave-group"),
        ],
        [DataType.TcpFlag] = [(1, "fin"), (2, "syn"), (4, "rst"), (8, "psh"), (16, "ack"), (32, "urg"), (64, "ecn"), (128, "cwr")],
        [DataType.DccpPacketType] =
        [
            (0, "request"), (1, "response"), (2, "data"), (3, "ack"), (4, "dataack"), (5, "closereq"), (6, "close"), (7, "reset"), (8, "sync"), (9, "syncack"),
        ],
        [DataType.MobilityType] =
        [
            (0, "binding-refresh-request"), (1, "home-test-init"), (2, "careof-test-init"), (3, "home-test"), (4, "careof-test"), (5, "binding-update"),
            (6, "binding-acknowledgement"), (7, "binding-error"), (8, "fast-binding-update"), (9, "fast-binding-acknowledgement"),
            (10, "fast-binding-advertisement"), (11, "experimental-mobility-header"), (12, "home-agent-switch-message"),
        ],
        [DataType.CtState] = [(1, "invalid"), (2, "established"), (4, "related"), (8, "new"), (64, "untracked")],
        [DataType.CtDirection] = [(0, "original"), (1, "reply")],
        [DataType.CtStatus] =
        [
            (1, "expected"), (2, "seen-reply"), (4, "assured"), (8, "confirmed"), (16, "snat"), (32, "dnat"), (512, "dying"),
        ],
        [DataType.CtEvent] =
        [
            (1, "new"), (2, "related"), (4, "destroy"), (8, "reply"), (16, "assured"), (32, "protoinfo"), (64, "helper"), (128, "mark"), (256, "seqadj"),
            (512, "secmark"), (1024, "label"),
        ],
        [DataType.PacketType] = [(0, "host"), (1, "broadcast"), (2, "multicast"), (3, "other"), (5, "loopback")],
        [DataType.ArpHardware] = [(1, "ether"), (512, "ppp"), (768, "ipip"), (769, "ipip6"), (772, "loopback"), (776, "sit"), (778, "ipgre")],
        [DataType.DeviceGroup] = [(0, "\"default\"")],
        [DataType.Dscp] =
        [
            (0, "cs0"), (8, "cs1"), (16, "cs2"), (24, "cs3"), (32, "cs4"), (40, "cs5"), (48, "cs6"), (56, "cs7"), (1, "lephb"), (10, "af11"), (12, "af12"), (14, "af13"),
            (18, "af21"), (20, "af22"), (22, "af23"), (26, "af31"), (28, "af32"), (30, "af33"), (34, "af41"), (36, "af42"), (38, "af43"), (46, "ef"),
        ],
        [DataType.Ecn] = [(0, "not-ect"), (1, "ect1"), (2, "ect0"), (3, "ce")],
        [DataType.FibAddress] =
        [
            (0, "unspec"), (1, "unicast"), (2, "local"), (3, "broadcast"), (4, "anycast"), (5, "multicast"), (6, "blackhole"), (7, "unreachable"), (8, "prohibit"),
            (9, "throw"), (10, "nat"),
        ],
        [DataType.Boolean] = [(0, "missing"), (1, "exists")],
        [DataType.TimeDay] =
        [
            (0, "\"Sunday\""), (1, "\"Monday\""), (2, "\"Tuesday\""), (3, "\"Wednesday\""), (4, "\"Thursday\""), (5, "\"Friday\""), (6, "\"Saturday\""),
        ],
    };

    private static readonly string[] LogLevels = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug", "audit"];

    /// <summary>The name of a value; null when it has none.</summary>
    public static string? NameOf(DataType type, ulong value)
    {
        if (!Tables.TryGetValue(type, out var table)) return null;
        foreach (var (number, name) in table)
        {
            if (number == value) return name;
        }

        return null;
    }

    /// <summary>The names of the bits of a value, with commas; null when a bit has no name.</summary>
    public static string? FlagsOf(DataType type, ulong value)
    {
        if (value == 0 || !Tables.TryGetValue(type, out var table)) return null;
        var names = new List<string>();
        foreach (var (bit, name) in table)
        {
            if ((value & bit) == 0) continue;
            names.Add(name);
            value &= ~bit;
        }

        return value == 0 ? string.Join(',', names) : null;
    }

    public static string LogLevel(uint level) => level < LogLevels.Length ? LogLevels[level] : level.ToString(CultureInfo.InvariantCulture);
}
