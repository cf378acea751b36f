// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Netfilter.Kernel.Tests.Generation;

/// <summary>Random rule sets in the language of iptables-restore, for the legacy and the nft kind of iptables.</summary>
internal sealed class IptablesGenerator(Random random)
{
    private static readonly (string Table, string[] Chains)[] Tables =
    [
        ("raw", ["PREROUTING", "OUTPUT"]), ("mangle", ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]),
        ("nat", ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]), ("filter", ["INPUT", "FORWARD", "OUTPUT"]),
    ];

    private static readonly string[] Hosts4 = [.. PacketGenerator.Senders4, .. PacketGenerator.Receivers4, .. PacketGenerator.Own4];
    private static readonly string[] Hosts6 = [.. PacketGenerator.Senders6, .. PacketGenerator.Receivers6, .. PacketGenerator.Own6];
    private static readonly string[] Networks4 = ["10.1.0.0/24", "10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12", "203.0.113.0/28", "10.0.0.2/255.0.0.255"];
    private static readonly string[] Networks6 = ["fd00:1::/64", "fd00:2::/64", "fd00::/16", "2001:db8::/32"];

    private readonly Words _words = new(random);

    /// <summary>Sets the rules refer to; made once in a lab.</summary>
    public const string IpSets =
        """
        ipset create h4 hash:ip; ipset add h4 10.1.0.2; ipset add h4 172.16.9.1
        ipset create n4 hash:net; ipset add n4 10.2.0.0/16; ipset add n4 10.2.0.3 nomatch; ipset add n4 192.168.0.0/16
        ipset create p4 hash:ip,port; ipset add p4 10.2.0.2,tcp:80; ipset add p4 10.3.4.5,udp:53; ipset add p4 10.1.0.1,icmp:echo-request
        ipset create ipp4 hash:ip,port,ip; ipset add ipp4 10.2.0.2,tcp:443,10.1.0.2
        ipset create bp bitmap:port range 0-1024; ipset add bp 80; ipset add bp 53
        ipset create ni4 hash:net,iface; ipset add ni4 10.1.0.0/24,in0
        ipset create h6 hash:ip family inet6; ipset add h6 fd00:1::2; ipset add h6 fd00:2::3
        ipset create n6 hash:net family inet6; ipset add n6 fd00:2::/64; ipset add n6 2001:db8::/32
        ipset create np4 hash:net,port; ipset add np4 10.0.0.0/8,tcp:8080
        ipset create ls list:set; ipset add ls h4; ipset add ls bp
        """;

    public string Next(bool ipv4)
    {
        var lines = new List<string>();
        foreach (var (table, chains) in Tables)
        {
            lines.Add($"*{table}");
            foreach (var chain in chains) lines.Add($":{chain} {(table == "filter" && _words.Chance(15) ? "DROP" : "ACCEPT")} [0:0]");
            var users = _words.Number(1, 4);
            for (var i = 0; i < users; i++) lines.Add($":U{i} - [0:0]");
            for (var i = users - 1; i >= 0; i--) AddRules(lines, table, null, $"U{i}", ipv4, i + 1, users);
            foreach (var chain in chains) AddRules(lines, table, chain, chain, ipv4, 0, users);
            lines.Add("COMMIT");
        }

        return string.Join('\n', lines) + "\n";
    }

    private void AddRules(List<string> lines, string table, string? hook, string chain, bool ipv4, int first, int users)
    {
        var count = _words.Number(0, 6);
        for (var i = 0; i < count; i++)
        {
            var protocol = _words.Of("", "", "-p tcp ", "-p udp ", ipv4 ? "-p icmp " : "-p ipv6-icmp ", "! -p udp ");
            var matches = string.Concat(Enumerable.Range(0, _words.Of(0, 1, 1, 1, 2)).Select(_ => Match(table, hook, ipv4, protocol) + " "));
            if (new[] { "-s ", "-d ", "-i ", "-o " }.Any(option => matches.Split(option).Length > 2)) matches = "";
            lines.Add($"-A {chain} {protocol}{matches}{Target(table, hook, ipv4, protocol, first, users)}");
        }
    }

    private string Match(string table, string? hook, bool ipv4, string protocol)
    {
        var (hosts, networks, suffix) = ipv4 ? (Hosts4, Networks4, "4") : (Hosts6, Networks6, "6");
        var not = _words.Chance(20) ? "! " : "";
        var transport = protocol is "-p tcp " or "-p udp ";
        return _words.Number(0, 27) switch
        {
            0 or 1 => $"{not}-s {_words.Of(hosts)}",
            2 or 3 => $"{not}-d {_words.Of(networks)}",
            4 when hook is not ("OUTPUT" or "POSTROUTING") => $"{not}-i {_words.Of("in0", "in+", "out0", "lo")}",
            5 when hook is not ("INPUT" or "PREROUTING") => $"{not}-o {_words.Of("in0", "out+", "out0")}",
            6 when transport => $"{protocol.Trim().Replace("-p", "-m", StringComparison.Ordinal)} {not}--dport {_words.Of("80", "443", "1:1000", "8000:9000")}",
            7 when transport => $"-m multiport {not}--dports 22,80,8000:9000",
            8 when transport => $"-m multiport {not}--ports 53,443,1024:1060",
            9 => $"-m conntrack {not}--ctstate {_words.Of("NEW", "ESTABLISHED,RELATED", "INVALID", "DNAT", "SNAT", "NEW,UNTRACKED")}",
            10 => $"-m conntrack --ctdir {_words.Of("ORIGINAL", "REPLY")}",
            11 => $"-m conntrack {not}--ctorigsrc {_words.Of(networks.Where(network => !network.Contains("/255", StringComparison.Ordinal)).ToArray())}",
            12 => $"-m mark {not}--mark {_words.Of("0x1/0x1", "0x2", "0x0/0x3", "0x4/0xfc")}",
            13 => $"-m connmark {not}--mark {_words.Of("0x1", "0x0/0x1", "2")}",
            14 => $"-m addrtype {not}--dst-type {_words.Of("LOCAL", "UNICAST")}",
            15 => $"-m addrtype {not}--src-type {_words.Of("LOCAL", "UNICAST")}",
            16 => $"-m iprange {not}--{_words.Of("src", "dst")}-range {(ipv4 ? "10.1.0.2-10.2.0.2" : "fd00:1::2-fd00:2::2")}",
            17 => $"-m set {not}--match-set {_words.Of("h", "n")}{suffix} {_words.Of("src", "dst")}",
            18 when ipv4 => $"-m set {not}--match-set {_words.Of("p4 dst,dst", "ipp4 dst,dst,src", "np4 dst,dst", "ni4 src,src", "ls dst")}",
            19 => $"-m length {not}--length {_words.Of("0:100", "128", "120:400")}",
            20 => ipv4 ? $"-m ttl {_words.Of("--ttl-eq 63", "--ttl-lt 50", "--ttl-gt 60")}" : $"-m hl {_words.Of("--hl-eq 63", "--hl-lt 50", "--hl-gt 60")}",
            21 => _words.Of($"-m dscp {not}--dscp 0x2e", $"-m tos {not}--tos 0x10/0xff", "-m pkttype --pkt-type unicast", "-m ecn --ecn-ip-ect 1"),
            22 when protocol == "-p tcp " => _words.Of("-m tcp --syn", $"-m tcp {not}--tcp-flags SYN,ACK ACK", "-m tcp --sport 1024:1040"),
            23 when hook == "PREROUTING" && table is "raw" or "mangle" => _words.Of("-m rpfilter", "-m rpfilter --invert", "-m rpfilter --loose"),
            24 when hook is "OUTPUT" => $"-m owner {not}--uid-owner {_words.Of("0", "1000", "0-10")}",
            25 => _words.Of("-m physdev ! --physdev-is-bridged", "-m comment --comment \"x y\"", "-m statistic --mode random --probability 1.0"),
            26 when hook is "PREROUTING" or "INPUT" => _words.Of("-m policy --dir in --pol none", "-m devgroup --src-group 0x0"),
            _ => $"{not}-s {_words.Of(networks)}",
        };
    }

    private string Target(string table, string? hook, bool ipv4, string protocol, int first, int users)
    {
        var jump = first < users ? $"U{_words.Number(first, users)}" : null;
        if (_words.Chance(45) && Special(table, hook, ipv4, protocol) is { } special) return special;
        return _words.Number(0, 9) switch
        {
            0 or 1 => "-j ACCEPT",
            2 => table == "nat" ? "-j ACCEPT" : "-j DROP",
            3 or 4 => jump is null ? "" : $"-j {jump}",
            5 => jump is null ? "-j RETURN" : $"-g {jump}",
            6 => "-j RETURN",
            _ => "",
        };
    }

    private string? Special(string table, string? hook, bool ipv4, string protocol) => table switch
    {
        "raw" => _words.Of("-j CT --notrack", "-j TRACE", ""),
        "mangle" => _words.Of(
            "-j MARK --set-xmark 0x1/0xffffffff", "-j MARK --or-mark 0x4", "-j MARK --and-mark 0xfe", "-j CONNMARK --save-mark", "-j CONNMARK --restore-mark", "-j CONNMARK --set-xmark 0x2/0x3",
            "-j TOS --set-tos 0x10/0xff", "-j DSCP --set-dscp 0x0a", ipv4 ? "-j TTL --ttl-set 40" : "-j HL --hl-set 40",
            hook is "FORWARD" or "OUTPUT" or "POSTROUTING" ? "-j CLASSIFY --set-class 1:2" : ""),
        "filter" => protocol == "-p tcp " && _words.Chance(40) ? "-j REJECT --reject-with tcp-reset" : "-j REJECT",
        _ => Nat(hook, ipv4, protocol),
    };

    private string? Nat(string? hook, bool ipv4, string protocol)
    {
        var (one, last, own) = ipv4 ? ("10.3.4.5", "10.3.4.9", "203.0.113.77") : ("fd00:3::5", "fd00:3::9", "2001:db8::77");
        var transport = protocol is "-p tcp " or "-p udp ";
        return hook switch
        {
            "PREROUTING" or "OUTPUT" => transport && _words.Chance(50)
                ? _words.Of($"-j DNAT --to-destination {(ipv4 ? one : $"[{one}]")}:8080", "-j REDIRECT --to-ports 53")
                : _words.Of($"-j DNAT --to-destination {one}", $"-j DNAT --to-destination {one}-{last}", "-j REDIRECT", ipv4 ? "-j NETMAP --to 172.16.0.0/16" : "-j NETMAP --to fd00:3::/64"),
            "POSTROUTING" => transport && _words.Chance(40)
                ? _words.Of($"-j SNAT --to-source {(ipv4 ? own : $"[{own}]")}:2000-60000", "-j MASQUERADE --to-ports 1024-60000")
                : _words.Of($"-j SNAT --to-source {own}", "-j MASQUERADE", "-j MASQUERADE --random-fully", ipv4 ? "-j NETMAP --to 203.0.113.0/24" : "-j NETMAP --to 2001:db8:1::/64"),
            "INPUT" => $"-j SNAT --to-source {own}",
            _ => null,
        };
    }
}
