// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Names of IPv6 extension headers, TCP options and IPv4 options with their fields; offsets and lengths in bytes as the kernel has them.</summary>
internal static class ExtensionHeaderText
{
    private const uint Ipv6 = 0;
    private const uint TcpOption = 1;
    private const uint Ipv4Option = 2;

    private static readonly (byte Type, string Name)[] Headers = [(0, "hbh"), (43, "rt"), (44, "frag"), (60, "dst"), (135, "mh")];

    private static readonly (byte Type, string Name)[] TcpOptions =
    [
        (0, "eol"), (1, "nop"), (2, "maxseg"), (3, "window"), (4, "sack-perm"), (5, "sack"), (8, "timestamp"), (19, "md5sig"), (30, "mptcp"), (34, "fastopen"),
    ];

    private static readonly (byte Type, string Name)[] Ipv4Options = [(131, "lsrr"), (7, "rr"), (137, "ssrr"), (148, "ra")];

    private static readonly (string Header, int Offset, int Length, string Field)[] Fields =
    [
        ("tcp option maxseg", 2, 2, "size"), ("tcp option window", 2, 1, "count"), ("tcp option timestamp", 2, 4, "tsval"), ("tcp option timestamp", 6, 4, "tsecr"),
        ("tcp option sack", 2, 4, "left"), ("tcp option sack", 6, 4, "right"), ("frag", 0, 1, "nexthdr"), ("frag", 1, 1, "reserved"), ("frag", 4, 4, "id"),
        ("hbh", 0, 1, "nexthdr"), ("hbh", 1, 1, "hdrlength"), ("dst", 0, 1, "nexthdr"), ("dst", 1, 1, "hdrlength"), ("rt", 0, 1, "nexthdr"), ("rt", 1, 1, "hdrlength"),
        ("rt", 2, 1, "type"), ("rt", 3, 1, "seg-left"), ("mh", 0, 1, "nexthdr"), ("mh", 1, 1, "hdrlength"), ("mh", 2, 1, "type"),
    ];

    /// <summary>What <c>exthdr</c> or <c>tcp option</c> loads; null when nft has no name for it.</summary>
    public static Operand? Load(ExtensionHeader load)
    {
        if (NameOf(load.Operation, load.Header) is not { } name) return null;
        var layer = load.Operation == TcpOption ? Layer.Transport : Layer.Network;
        if (load.PresenceOnly) return new Operand(load.Operation == Ipv6 ? $"exthdr {name}" : name, DataType.Boolean, 8) { Kills = layer };
        var field = FieldOf(name, load.Offset, load.Length);
        return field is null ? null : new Operand($"{name} {field}", TypeOf(name, field), load.Length * 8) { Kills = layer };
    }

    /// <summary>What is written: <c>tcp option maxseg size</c>; null when nft has no name for it.</summary>
    public static string? Written(ExtensionHeaderWrite write) =>
        NameOf(write.Operation, write.Header) is { } name && FieldOf(name, write.Offset, write.Length) is { } field ? $"{name} {field}" : null;

    /// <summary>What is stripped: <c>tcp option sack-perm</c>; null when nft has no name for it.</summary>
    public static string? Stripped(ExtensionHeaderWrite strip) => strip.Operation == TcpOption ? NameOf(strip.Operation, strip.Header) : null;

    private static DataType TypeOf(string header, string field) => (header, field) switch
    {
        (_, "nexthdr") => DataType.InetProtocol,
        ("mh", "type") => DataType.MobilityType,
        _ => DataType.Integer,
    };

    private static string? NameOf(uint operation, byte type) => operation switch
    {
        Ipv6 => Find(Headers, type),
        TcpOption when Find(TcpOptions, type) is { } name => $"tcp option {name}",
        TcpOption => $"tcp option {type}",
        Ipv4Option when Find(Ipv4Options, type) is { } name => $"ip option {name}",
        _ => null,
    };

    private static string? Find((byte Type, string Name)[] table, byte type)
    {
        foreach (var (number, name) in table)
        {
            if (number == type) return name;
        }

        return null;
    }

    private static string? FieldOf(string header, int offset, int length)
    {
        foreach (var field in Fields)
        {
            if (field.Header == header && field.Offset == offset && field.Length == length) return field.Field;
        }

        return null;
    }
}
