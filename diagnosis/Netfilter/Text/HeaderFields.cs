// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>A field of a protocol header; offset and length in bits.</summary>
internal readonly record struct HeaderField(string Name, int Offset, int Bits, DataType Type);

/// <summary>The header fields that nft has names for, by protocol (RFC 791, 8200, 9293, 768, 792, 4443, 826, 9260, 4302, 4303, IEEE 802.3 and 802.1Q).</summary>
internal static class HeaderFields
{
    public const string Ether = "ether";
    public const string Vlan = "vlan";
    public const string Ip = "ip";
    public const string Ip6 = "ip6";
    public const string Arp = "arp";
    public const string Transport = "th";

    private const DataType N = DataType.Integer;

    private static readonly HeaderField[] Ports = [new("sport", 0, 16, DataType.InetService), new("dport", 16, 16, DataType.InetService)];

    private static readonly Dictionary<string, HeaderField[]> Tables = new(StringComparer.Ordinal)
    {
        [Ether] = [new("daddr", 0, 48, DataType.EtherAddress), new("saddr", 48, 48, DataType.EtherAddress), new("type", 96, 16, DataType.EtherType)],
        // Counted from the beginning of the Ethernet header, as the kernel does it.
        [Vlan] = [new("pcp", 112, 3, N), new("dei", 115, 1, N), new("id", 116, 12, N), new("type", 128, 16, DataType.EtherType)],
        [Ip] =
        [
            new("version", 0, 4, N), new("hdrlength", 4, 4, N), new("dscp", 8, 6, DataType.Dscp), new("ecn", 14, 2, DataType.Ecn), new("length", 16, 16, N),
            new("id", 32, 16, N), new("frag-off", 48, 16, N), new("ttl", 64, 8, N), new("protocol", 72, 8, DataType.InetProtocol), new("checksum", 80, 16, N),
            new("saddr", 96, 32, DataType.Ipv4Address), new("daddr", 128, 32, DataType.Ipv4Address),
        ],
        [Ip6] =
        [
            new("version", 0, 4, N), new("dscp", 4, 6, DataType.Dscp), new("ecn", 10, 2, DataType.Ecn), new("flowlabel", 12, 20, N), new("length", 32, 16, N),
            new("nexthdr", 48, 8, DataType.InetProtocol), new("hoplimit", 56, 8, N), new("saddr", 64, 128, DataType.Ipv6Address),
            new("daddr", 192, 128, DataType.Ipv6Address),
        ],
        [Arp] =
        [
            new("htype", 0, 16, N), new("ptype", 16, 16, DataType.EtherType), new("hlen", 32, 8, N), new("plen", 40, 8, N),
            new("operation", 48, 16, DataType.ArpOperation), new("saddr ether", 64, 48, DataType.EtherAddress), new("saddr ip", 112, 32, DataType.Ipv4Address),
            new("daddr ether", 144, 48, DataType.EtherAddress), new("daddr ip", 192, 32, DataType.Ipv4Address),
        ],
        ["tcp"] =
        [
            .. Ports, new("sequence", 32, 32, N), new("ackseq", 64, 32, N), new("doff", 96, 4, N), new("reserved", 100, 4, N),
            new("flags", 104, 8, DataType.TcpFlag), new("window", 112, 16, N), new("checksum", 128, 16, N), new("urgptr", 144, 16, N),
        ],
        ["udp"] = [.. Ports, new("length", 32, 16, N), new("checksum", 48, 16, N)],
        ["udplite"] = [.. Ports, new("csumcov", 32, 16, N), new("checksum", 48, 16, N)],
        ["sctp"] = [.. Ports, new("vtag", 32, 32, N), new("checksum", 64, 32, N)],
        ["dccp"] = [.. Ports, new("type", 67, 4, DataType.DccpPacketType)],
        ["icmp"] =
        [
            new("type", 0, 8, DataType.IcmpType), new("code", 8, 8, DataType.IcmpCode), new("checksum", 16, 16, N), new("id", 32, 16, N), new("sequence", 48, 16, N),
        ],
        ["icmpv6"] =
        [
            new("type", 0, 8, DataType.Icmpv6Type), new("code", 8, 8, DataType.Icmpv6Code), new("checksum", 16, 16, N), new("id", 32, 16, N), new("sequence", 48, 16, N),
        ],
        ["igmp"] = [new("type", 0, 8, DataType.IgmpType), new("mrt", 8, 8, N), new("checksum", 16, 16, N), new("group", 32, 32, DataType.Ipv4Address)],
        ["esp"] = [new("spi", 0, 32, N), new("sequence", 32, 32, N)],
        ["ah"] = [new("nexthdr", 0, 8, DataType.InetProtocol), new("hdrlength", 8, 8, N), new("reserved", 16, 16, N), new("spi", 32, 32, N), new("sequence", 64, 32, N)],
        ["comp"] = [new("nexthdr", 0, 8, DataType.InetProtocol), new("flags", 8, 8, N), new("cpi", 16, 16, N)],
        [Transport] = Ports,
    };

    /// <summary>The name of the header that a transport protocol has; null when nft knows none.</summary>
    public static string? TransportOf(ulong protocol) => protocol switch
    {
        1 => "icmp",
        2 => "igmp",
        6 => "tcp",
        17 => "udp",
        33 => "dccp",
        50 => "esp",
        51 => "ah",
        58 => "icmpv6",
        108 => "comp",
        132 => "sctp",
        136 => "udplite",
        _ => null,
    };

    /// <summary>The field at exactly this place.</summary>
    public static HeaderField? Find(string protocol, int offset, int bits)
    {
        foreach (var field in Tables[protocol])
        {
            if (field.Offset == offset && field.Bits == bits) return field;
        }

        return null;
    }

    /// <summary>Fields that lie one after the other from this place on; the last one may be a prefix of an address. Empty when they do not fit.</summary>
    public static IReadOnlyList<HeaderField> Cover(string protocol, int offset, int bits)
    {
        var fields = new List<HeaderField>();
        foreach (var field in Tables[protocol])
        {
            if (field.Offset != offset || bits == 0) continue;
            var partial = field.Bits > bits;
            if (partial && (!DataTypes.HasPrefixes(field.Type) || bits % 8 != 0)) return [];
            fields.Add(partial ? field with { Bits = bits } : field);
            offset += field.Bits;
            bits -= Math.Min(bits, field.Bits);
        }

        return bits == 0 ? fields : [];
    }
}
