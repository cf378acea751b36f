// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>What the loading expressions other than payload are called: <c>meta mark</c>, <c>ct state</c>, <c>fib daddr type</c> ...</summary>
internal static class LoadText
{
    private static readonly (string Name, DataType Type, int Bits)[] MetaKeys =
    [
        ("meta length", DataType.Integer, 32), ("meta protocol", DataType.EtherType, 16), ("meta priority", DataType.ClassId, 32), ("meta mark", DataType.Mark, 32),
        ("iif", DataType.InterfaceIndex, 32), ("oif", DataType.InterfaceIndex, 32), ("iifname", DataType.InterfaceName, 128),
        ("oifname", DataType.InterfaceName, 128), ("iiftype", DataType.ArpHardware, 16), ("oiftype", DataType.ArpHardware, 16), ("meta skuid", DataType.UserId, 32),
        ("meta skgid", DataType.GroupId, 32), ("meta nftrace", DataType.Integer, 8), ("meta rtclassid", DataType.Realm, 32), ("meta secmark", DataType.Integer, 32),
        ("meta nfproto", DataType.NfProto, 8), ("meta l4proto", DataType.InetProtocol, 8), ("meta ibrname", DataType.InterfaceName, 128),
        ("meta obrname", DataType.InterfaceName, 128), ("meta pkttype", DataType.PacketType, 8), ("meta cpu", DataType.Integer, 32),
        ("iifgroup", DataType.DeviceGroup, 32), ("oifgroup", DataType.DeviceGroup, 32), ("meta cgroup", DataType.Integer, 32), ("meta random", DataType.Integer, 32),
        ("meta ipsec", DataType.Boolean, 8), ("meta iifkind", DataType.InterfaceName, 128), ("meta oifkind", DataType.InterfaceName, 128),
        ("meta ibrpvid", DataType.Integer, 16), ("meta ibrvproto", DataType.EtherType, 16), ("meta time", DataType.TimeDate, 64), ("meta day", DataType.TimeDay, 8),
        ("meta hour", DataType.TimeHour, 32), ("meta sdif", DataType.InterfaceIndex, 32), ("meta sdifname", DataType.InterfaceName, 128),
        ("meta broute", DataType.Integer, 8),
    ];

    private static readonly (string Name, DataType Type, int Bits)[] CtKeys =
    [
        ("state", DataType.CtState, 32), ("direction", DataType.CtDirection, 8), ("status", DataType.CtStatus, 32), ("mark", DataType.Mark, 32),
        ("secmark", DataType.Integer, 32), ("expiration", DataType.Time, 32), ("helper", DataType.String, 128), ("l3proto", DataType.NfProto, 8),
        ("saddr", DataType.Invalid, 0), ("daddr", DataType.Invalid, 0), ("protocol", DataType.InetProtocol, 8), ("proto-src", DataType.InetService, 16),
        ("proto-dst", DataType.InetService, 16), ("label", DataType.CtLabel, 128), ("packets", DataType.Integer, 64), ("bytes", DataType.Integer, 64),
        ("avgpkt", DataType.Integer, 64), ("zone", DataType.Integer, 16), ("event", DataType.CtEvent, 32), ("ip saddr", DataType.Ipv4Address, 32),
        ("ip daddr", DataType.Ipv4Address, 32), ("ip6 saddr", DataType.Ipv6Address, 128), ("ip6 daddr", DataType.Ipv6Address, 128), ("id", DataType.Integer, 32),
    ];

    private static readonly (uint Flag, string Name)[] FibSelectors = [(1, "saddr"), (2, "daddr"), (4, "mark"), (8, "iif"), (16, "oif")];

    public static Operand? Meta(uint key)
    {
        if (key >= MetaKeys.Length) return key == 37 ? new Operand("meta ibrhwaddr", DataType.EtherAddress, 48) : null;
        var (name, type, bits) = MetaKeys[key];
        return new Operand(name, type, bits)
        {
            // NFT_META_PROTOCOL, the bridge's VLAN protocol and random numbers are network order; other numbers the node's.
            HostOrder = type is not (DataType.EtherType or DataType.InterfaceName) && key != 24,
            Decides = key switch { 1 or 15 => Layer.Network, 16 => Layer.Transport, 8 => Layer.Link, _ => null },
        };
    }

    public static Operand? Conntrack(uint key, byte? direction, NetfilterFamily family)
    {
        if (key >= CtKeys.Length) return null;
        var (name, type, bits) = CtKeys[key];
        if (bits == 0) (name, type, bits) = family == NetfilterFamily.Ipv6 ? ("ip6 " + name, DataType.Ipv6Address, 128) : ("ip " + name, DataType.Ipv4Address, 32);
        var side = direction switch { 0 => "original ", 1 => "reply ", _ => string.Empty };
        var bigEndian = type is DataType.InetService or DataType.Ipv4Address or DataType.Ipv6Address or DataType.String || name == "id";
        return new Operand($"ct {side}{name}", type, bits) { HostOrder = !bigEndian };
    }

    public static Operand? Route(uint key) => key switch
    {
        0 => new Operand("rt classid", DataType.Realm, 32) { HostOrder = true },
        1 => new Operand("rt ip nexthop", DataType.Ipv4Address, 32),
        2 => new Operand("rt ip6 nexthop", DataType.Ipv6Address, 128),
        3 => new Operand("rt mtu", DataType.Integer, 16) { HostOrder = true },
        4 => new Operand("rt ipsec", DataType.Boolean, 8),
        _ => null,
    };

    public static Operand? Fib(FibLoad fib)
    {
        var selectors = string.Join(" . ", FibSelectors.Where(s => (fib.Flags & s.Flag) != 0).Select(s => s.Name));
        var present = (fib.Flags & 32) != 0;
        return fib.Result switch
        {
            1 => new Operand($"fib {selectors} oif", present ? DataType.Boolean : DataType.InterfaceIndex, present ? 8 : 32) { HostOrder = true },
            2 => new Operand($"fib {selectors} oifname", present ? DataType.Boolean : DataType.InterfaceName, present ? 8 : 128),
            3 => new Operand($"fib {selectors} type", DataType.FibAddress, 32) { HostOrder = true },
            _ => null,
        };
    }

    public static Operand? Socket(SocketLoad socket) => socket.Key switch
    {
        0 => new Operand("socket transparent", DataType.Integer, 8),
        1 => new Operand("socket mark", DataType.Mark, 32) { HostOrder = true },
        2 => new Operand("socket wildcard", DataType.Integer, 8),
        3 => new Operand($"socket cgroupv2 level {socket.Level}", DataType.CgroupV2, 64) { HostOrder = true },
        _ => null,
    };

    public static Operand Number(NumberGenerator generator) =>
        new($"numgen {(generator.Random ? "random" : "inc")} mod {generator.Modulus}{Offset(generator.Offset)}", DataType.Integer, 32) { HostOrder = true };

    public static Operand Hash(HashLoad hash, string? source)
    {
        var seed = hash.Seed is > 0 ? string.Create(CultureInfo.InvariantCulture, $" seed 0x{hash.Seed:x}") : string.Empty;
        var text = hash.Symmetric ? $"symhash mod {hash.Modulus}{Offset(hash.Offset)}" : $"jhash {source} mod {hash.Modulus}{seed}{Offset(hash.Offset)}";
        return new Operand(text, DataType.Integer, 32) { HostOrder = true };
    }

    public static Operand? Xfrm(XfrmLoad xfrm)
    {
        var place = $"ipsec {(xfrm.Direction == 0 ? "in" : "out")}{(xfrm.StateNumber > 0 ? $" spnum {xfrm.StateNumber}" : string.Empty)}";
        return xfrm.Key switch
        {
            1 => new Operand($"{place} ip daddr", DataType.Ipv4Address, 32),
            2 => new Operand($"{place} ip6 daddr", DataType.Ipv6Address, 128),
            3 => new Operand($"{place} ip saddr", DataType.Ipv4Address, 32),
            4 => new Operand($"{place} ip6 saddr", DataType.Ipv6Address, 128),
            5 => new Operand($"{place} reqid", DataType.Integer, 32) { HostOrder = true },
            6 => new Operand($"{place} spi", DataType.Integer, 32),
            _ => null,
        };
    }

    public static Operand Osf(OsfLoad osf)
    {
        var ttl = osf.Ttl switch { 1 => " ttl loose", 2 => " ttl skip", _ => string.Empty };
        return new Operand($"osf{ttl} {((osf.Flags & 1) != 0 ? "version" : "name")}", DataType.String, 128);
    }

    private static string Offset(uint offset) => offset > 0 ? $" offset {offset}" : string.Empty;
}
