// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Netfilter.Kernel.Tests.Generation;

/// <summary>Random matches as nft writes them.</summary>
internal sealed class NftMatches(Words words)
{
    private static readonly string[] Networks4 = ["10.1.0.0/24", "10.2.0.0/16", "10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12", "203.0.113.0/28", "10.1.0.2-10.1.0.3"];
    private static readonly string[] Networks6 = ["fd00:1::/64", "fd00:2::/64", "fd00::/16", "fd01::/16", "2001:db8::/32", "fd00:1::2-fd00:2::2"];
    private static readonly string[] Hosts4 = [.. PacketGenerator.Senders4, .. PacketGenerator.Receivers4, .. PacketGenerator.Own4];
    private static readonly string[] Hosts6 = [.. PacketGenerator.Senders6, .. PacketGenerator.Receivers6, .. PacketGenerator.Own6];
    private static readonly string[] PortWords = [.. PacketGenerator.Ports.Select(port => $"{port}")];

    /// <summary>A match for packets of a family: inet, ip or ip6. <paramref name="hook"/> is null in chains that several hooks may call.</summary>
    public string Next(string family, string? hook) => words.Number(0, 10) switch
    {
        < 3 => Address(family),
        < 5 => Transport(),
        5 => Device(hook),
        6 => Connection(family),
        7 => Header(family),
        8 => Meta(family),
        _ => Rare(family, hook),
    };

    public string Host4() => words.Of(Hosts4);

    public string Host6() => words.Of(Hosts6);

    public string Port() => words.Of(PortWords);

    public string Address(string family)
    {
        var ipv4 = family == "ip" || (family == "inet" && words.Chance(50));
        var (name, hosts, networks, suffix) = ipv4 ? ("ip", Hosts4, Networks4, "4") : ("ip6", Hosts6, Networks6, "6");
        var side = words.Of("saddr", "daddr");
        return words.Number(0, 9) switch
        {
            0 => $"{name} {side} {words.Of(hosts)}",
            1 => $"{name} {side} {words.Of(networks)}",
            2 => $"{name} {side} != {words.Of(networks)}",
            3 => $"{name} {side} {{ {words.Several(hosts)} }}",
            4 => $"{name} {side} @hosts{suffix}",
            5 => $"{name} {side} @nets{suffix}",
            6 => $"{name} saddr . {name} daddr {{ {words.Of(hosts)} . {words.Of(hosts)}, {words.Of(networks)} . {words.Of(networks)} }}",
            7 => $"{name} {side} . tcp dport @pairs{suffix}",
            _ => $"{name} {side} != {{ {words.Several(hosts)} }}",
        };
    }

    public string Transport() => words.Number(0, 14) switch
    {
        0 => $"tcp dport {Port()}",
        1 => $"udp dport {Port()}",
        2 => $"tcp dport != {Port()}",
        3 => $"udp dport {words.Number(1, 60)}-{words.Number(61, 9000)}",
        4 => $"th dport {{ {words.Several(PortWords)}, 1000-9000 }}",
        5 => "tcp dport @ports",
        6 => "tcp flags syn",
        7 => "tcp flags & (syn | ack) == ack",
        8 => "tcp flags & (fin | syn | rst | ack) == syn",
        9 => $"meta l4proto {words.Of("tcp", "udp", "icmp", "{ tcp, udp }", "!= udp", "ipv6-icmp")}",
        10 => $"tcp sport {words.Of("1024-1100", "> 1040", "< 2000", "!= 1024")}",
        11 => $"udp sport >= {words.Number(1024, 1300)}",
        12 => $"udp length {words.Of("< 100", "16", "> 100", "16-116")}",
        _ => words.Of("icmp type echo-request", "icmpv6 type echo-request", "icmp type { echo-reply, destination-unreachable }", "icmp code 0"),
    };

    private string Device(string? hook) => words.Number(0, 9) switch
    {
        0 => "iifname \"in0\"",
        1 => $"iifname != \"{words.Of("in0", "out0")}\"",
        2 => "iifname \"in*\"",
        3 => hook is "prerouting" or "input" ? "iif \"out0\"" : $"oif \"{words.Of("in0", "out0")}\"",
        4 => hook is "prerouting" or "input" ? "iif \"in0\"" : "oifname \"out0\"",
        5 => "iifname { \"in0\", \"lo\" }",
        6 => "iiftype ether",
        7 => hook is null or "prerouting" or "input" ? "iifgroup 0" : "oifgroup 0",
        _ => "iifkind \"veth\"",
    };

    private string Connection(string family) => words.Number(0, 12) switch
    {
        0 => "ct state new",
        1 => "ct state established,related",
        2 => "ct state { new, untracked }",
        3 => "ct state invalid,untracked",
        4 => "ct state != established",
        5 => $"ct mark {words.Number(0, 4)}",
        6 => $"ct direction {words.Of("original", "reply")}",
        7 => $"ct status {words.Of("dnat", "snat", "assured", "seen-reply", "confirmed")}",
        8 => family == "ip6" ? $"ct original ip6 saddr {words.Of(Networks6)}" : $"ct original ip saddr {words.Of(Networks4)}",
        9 => $"meta l4proto tcp ct original proto-dst {Port()}",
        10 => family == "ip6" ? $"ct reply ip6 saddr {words.Of(Hosts6)}" : $"ct reply ip saddr {words.Of(Hosts4)}",
        _ => $"ct mark & 0x1 == {words.Number(0, 2)}",
    };

    private string Header(string family)
    {
        var ipv4 = family == "ip" || (family == "inet" && words.Chance(50));
        var dscp = words.Of("ef", "cs1", "{ cs1, cs2, ef }", "!= cs0", "cs4");
        return ipv4
            ? words.Of($"ip ttl {words.Of("63", "64", "< 50", "!= 31", "32-63")}", $"ip dscp {dscp}", $"ip protocol {words.Of("tcp", "udp", "icmp")}", $"ip length {words.Of("< 100", "36-140", "> 130")}", "ip frag-off & 0x1fff == 0", "ip hdrlength 5", "ip version 4")
            : words.Of($"ip6 hoplimit {words.Of("63", "64", "< 50", "!= 31")}", $"ip6 dscp {dscp}", $"ip6 nexthdr {words.Of("tcp", "udp", "ipv6-icmp")}", $"ip6 length {words.Of("< 100", "16-128", "> 130")}", "ip6 version 6", "exthdr frag missing");
    }

    private string Meta(string family) => words.Number(0, 9) switch
    {
        0 => $"meta mark {words.Number(0, 4)}",
        1 => $"meta mark & 0x3 == {words.Number(0, 4)}",
        2 => $"meta mark != {words.Number(0, 3)}",
        3 => "meta mark { 1, 2, 0x10-0x20 }",
        4 => $"meta length {words.Of("< 100", "28-200", "> 240")}",
        5 => $"meta pkttype {words.Of("host", "broadcast", "!= multicast")}",
        6 => family == "inet" ? $"meta nfproto {words.Of("ipv4", "ipv6")}" : $"meta protocol {words.Of("ip", "ip6")}",
        7 => $"meta mark | 0x4 == {words.Number(4, 8)}",
        _ => $"meta mark >= {words.Number(0, 3)}",
    };

    private string Rare(string family, string? hook)
    {
        var inOnly = hook == "prerouting";
        return words.Number(0, 10) switch
        {
            0 or 1 => $"fib daddr type {words.Of("local", "unicast", "{ local, broadcast }", "!= local")}",
            2 => $"fib saddr type {words.Of("unicast", "local")}",
            3 when inOnly => $"fib saddr . iif oif {words.Of("exists", "missing")}",
            4 when inOnly => $"fib daddr . iif type {words.Of("local", "unicast")}",
            5 when inOnly => $"fib saddr oif \"{words.Of("in0", "out0")}\"",
            6 => hook is "output" or "postrouting" ? $"meta skuid {words.Of("0", "!= 0", "1000")}" : "ether saddr 02:00:00:00:01:02",
            7 => $"@th,16,16 {Port()}",
            8 => family == "ip6" ? "@nh,48,8 6" : "@nh,72,8 6",
            _ => words.Chance(10) ? words.Of("limit rate 1000/second", "numgen random mod 4 < 2") : $"meta l4proto {words.Of("tcp", "udp")}",
        };
    }
}
