// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Netfilter.Kernel.Tests.Generation;

/// <summary>Random rule sets in nft's language: one rule in each line, each with a counter before its verdict.</summary>
internal sealed class NftGenerator(Random random)
{
    private static readonly (string Hook, string Type, int Priority)[] BaseChains =
    [
        ("prerouting", "filter", -300), ("prerouting", "filter", -150), ("prerouting", "filter", 10), ("prerouting", "nat", -100), ("forward", "filter", 0), ("forward", "filter", 20), ("forward", "filter", -10),
        ("input", "filter", 0), ("input", "filter", 30), ("input", "nat", 100), ("output", "filter", 0), ("output", "route", -150), ("output", "nat", -100), ("postrouting", "nat", 100), ("postrouting", "filter", -150), ("postrouting", "filter", 300),
    ];

    private readonly Words _words = new(random);
    private readonly NftMatches _matches = new(new Words(random));
    private readonly List<string> _lines = [];
    private int _priorityShift;

    public string Next()
    {
        _lines.Clear();
        // Tables differ in priorities: the order of equal ones is nobody's to know.
        _priorityShift = 0;
        foreach (var family in _words.Of<string[]>(["inet"], ["ip", "ip6"], ["inet", "ip"], ["ip", "ip6", "inet"])) Table(family);
        return string.Join('\n', _lines) + "\n";
    }

    private void Table(string family)
    {
        _lines.Add($"table {family} t {{");
        Sets();
        var chains = _words.Number(2, 6);
        for (var i = chains - 1; i >= 0; i--)
        {
            _lines.Add($"  chain c{i} {{");
            Rules(family, null, null, i + 1, chains, _words.Number(1, 6));
            _lines.Add("  }");
        }

        foreach (var (hook, type, priority) in BaseChains)
        {
            if (!_words.Chance(45)) continue;
            var policy = type == "nat" || _words.Chance(85) ? "accept" : "drop";
            _lines.Add($"  chain b_{hook}_{type}_{(priority < 0 ? "m" : "")}{Math.Abs(priority)} {{");
            _lines.Add($"    type {type} hook {hook} priority {priority + _priorityShift}; policy {policy};");
            Rules(family, hook, type, 0, chains, _words.Number(1, 7));
            _lines.Add("  }");
        }

        _lines.Add("}");
        _priorityShift++;
    }

    private void Sets()
    {
        _lines.Add($"  set hosts4 {{ type ipv4_addr; elements = {{ {_matches.Host4()}, 10.77.0.1 }}; }}");
        _lines.Add($"  set hosts6 {{ type ipv6_addr; elements = {{ {_matches.Host6()}, fd77::1 }}; }}");
        _lines.Add("  set nets4 { type ipv4_addr; flags interval; elements = { 10.1.0.0/25, 10.3.0.0/16, 172.16.0.1-172.20.0.0 }; }");
        _lines.Add("  set nets6 { type ipv6_addr; flags interval; elements = { fd00:1::/64, 2001:db8::/33 }; }");
        _lines.Add($"  set ports {{ type inet_service; flags interval; elements = {{ {_matches.Port()}, 400-500, 30000-32767 }}; }}");
        _lines.Add($"  set pairs4 {{ type ipv4_addr . inet_service; flags interval; elements = {{ {_matches.Host4()} . {_matches.Port()}, 10.0.0.0/8 . 80-443 }}; }}");
        _lines.Add($"  set pairs6 {{ type ipv6_addr . inet_service; elements = {{ {_matches.Host6()} . {_matches.Port()}, {_matches.Host6()} . 80 }}; }}");
        _lines.Add("  set seen4 { type ipv4_addr; size 1000; flags dynamic,timeout; timeout 10m; }");
        _lines.Add($"  map marks {{ type inet_service : mark; elements = {{ 80 : 1, 443 : 2, {_words.Of("22", "53")} : 3 }}; }}");
        _lines.Add("  map verdicts { type inet_service : verdict; flags interval; elements = { 22 : return, 50-60 : accept, 8000-9000 : drop }; }");
    }

    private void Rules(string family, string? hook, string? type, int firstChain, int chains, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var text = string.Concat(Enumerable.Range(0, _words.Of(0, 1, 1, 1, 2, 2, 3)).Select(_ => _matches.Next(family, hook) + " "));
            if (type == "nat" && _words.Chance(70))
            {
                _lines.Add("    " + Nat(family, hook!, text));
                continue;
            }

            var statement = _words.Chance(25) ? Statement(family, hook, type) + " " : "";
            _lines.Add($"    {text}counter {statement}{Verdict(family, type, firstChain, chains)}");
        }
    }

    private string Verdict(string family, string? type, int firstChain, int chains)
    {
        var jump = firstChain < chains ? $"c{_words.Number(firstChain, chains)}" : null;
        return _words.Number(0, 14) switch
        {
            0 or 1 => "accept",
            2 => type == "nat" ? "accept" : "drop",
            3 or 4 or 5 => jump is null ? "" : $"jump {jump}",
            6 => jump is null ? "return" : $"goto {jump}",
            7 => "return",
            8 => "tcp dport vmap @verdicts",
            9 => jump is null ? "" : $"tcp dport vmap {{ 80 : accept, 443 : jump {jump}, 8000-9000 : {_words.Of("drop", "continue", "return")} }}",
            10 => jump is null ? "" : $"ct state vmap {{ established : accept, new : jump {jump}, invalid : drop, untracked : return }}",
            11 => jump is null ? "" : family == "ip6" ? $"ip6 saddr vmap {{ fd00:1::/64 : jump {jump}, fd00:2::2 : accept }}" : $"ip saddr . meta l4proto vmap {{ 10.1.0.2 . tcp : jump {jump}, {_matches.Host4()} . udp : accept, 10.0.0.0/8 . icmp : drop }}",
            12 => type is "filter" && _words.Chance(50) ? "reject" : "",
            _ => jump is null ? "" : $"iifname vmap {{ \"in0\" : jump {jump}, \"out0\" : accept }}",
        };
    }

    private string Statement(string family, string? hook, string? type) => _words.Number(0, 12) switch
    {
        0 or 1 => $"meta mark set {_words.Number(1, 4)}",
        2 => $"meta mark set meta mark or 0x{_words.Of("1", "4", "10")}",
        3 => "meta mark set meta mark and 0xff xor 0x3",
        4 => "ct mark set meta mark",
        5 => "meta mark set ct mark",
        6 => $"ct mark set {_words.Number(1, 4)}",
        7 => family == "ip6" ? "ip6 dscp set cs2" : "ip dscp set cs2",
        8 => family == "ip6" ? "ip6 hoplimit set 33" : "ip ttl set 33",
        9 => hook == "prerouting" && type == "filter" ? "notrack" : "meta mark set 2",
        10 => "meta mark set tcp dport map @marks",
        _ => family == "ip6" ? "meta mark set 0x20" : "update @seen4 { ip saddr }",
    };

    private string Nat(string family, string hook, string text)
    {
        var ipv4 = family == "ip" || (family == "inet" && _words.Chance(50));
        var word = family == "inet" ? ipv4 ? " ip" : " ip6" : "";
        var transport = _words.Of("tcp", "udp");
        var (one, other, last) = ipv4 ? ("10.3.4.5", "172.16.9.1", "10.3.4.9") : ("fd00:3::5", "2001:db8::9", "fd00:3::9");
        var (own, ownLast) = ipv4 ? ("203.0.113.77", "203.0.113.79") : ("2001:db8::77", "2001:db8::79");
        var withPort = ipv4 ? $"{one}:8080" : $"[{one}]:8080";
        if (hook is "prerouting" or "output")
        {
            return text + _words.Number(0, 7) switch
            {
                0 or 1 => $"counter dnat{word} to {_words.Of(one, other)}",
                2 => $"meta l4proto {transport} counter dnat{word} to {withPort}",
                3 => $"counter redirect",
                4 => $"{transport} dport 1-40000 counter redirect to :{_words.Of("53", "8080")}",
                5 => $"counter dnat{word} to {one}-{last}",
                _ => ipv4 ? $"counter dnat{word} to numgen random mod 2 map {{ 0 : {one}, 1 : {other} }}" : $"counter dnat{word} to {one}",
            };
        }

        return text + _words.Number(0, 5) switch
        {
            0 or 1 => $"counter snat{word} to {own}",
            2 => hook == "postrouting" ? "counter masquerade" : $"counter snat{word} to {own}",
            3 => $"counter snat{word} to {own}-{ownLast}",
            _ => $"meta l4proto {transport} counter snat{word} to {(ipv4 ? own + ":" : $"[{own}]:")}{_words.Of("20000-60000", "1024-2000")}",
        };
    }
}
