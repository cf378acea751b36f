// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Mending;

/// <summary>
/// Commands for packet filters. The text of a rule came from a node and never becomes part of a command; rules are named by table, chain and handle,
/// each a quoted word, and what is put in is made of device names, ports and prefixes.
/// </summary>
internal sealed class FilterCommands(DeviceView device)
{
    private const string Running = "running rule set until reload or reboot; whoever made the rule may write it again";
    private const string Persist = "running system until reboot; write it into the firewall's own configuration to keep it";

    private readonly string? _dev = Shell.Word(device.RawName);

    /// <summary>Lets what a blockade keeps back pass: an exception before the rule in iptables' world, the rule's own removal in nft's.</summary>
    public IEnumerable<Remediation?> LetPass(Blockade blockade)
    {
        var rule = blockade.Rule;
        if (IsIptables(rule)) return Iptables(blockade);
        return [rule.IsPolicy ? NftPolicy(rule) : NftDelete(rule)];
    }

    /// <summary>Removes one rule.</summary>
    public Remediation? Delete(WalkRule rule) => rule.IsPolicy ? null
        : rule.Backend == NetfilterBackend.Legacy ? LegacyDelete(rule)
        : NftDelete(rule);

    /// <summary>Any line of a program that owns rules.</summary>
    public Remediation? Line(string? command, string? undo, string scope = Persist) => Make(command, undo, scope);

    /// <summary>The device's name as a shell word; null when it has no safe spelling.</summary>
    public string? Device => _dev;

    private static bool IsIptables(WalkRule rule) => rule.Backend == NetfilterBackend.Legacy
        || (rule is { Table: "filter" or "raw" or "mangle", Family: NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6 } && rule.Chain.Any(char.IsAsciiLetterUpper));

    // -I puts the exception first, so the rule itself stays for everything else.
    private IEnumerable<Remediation?> Iptables(Blockade blockade)
    {
        var rule = blockade.Rule;
        var tool = Tool(rule);
        var chain = rule.Hook switch
        {
            NetfilterHook.Input => "INPUT",
            NetfilterHook.Output => "OUTPUT",
            NetfilterHook.Forward => "FORWARD",
            NetfilterHook.Prerouting => "PREROUTING",
            NetfilterHook.Postrouting => "POSTROUTING",
            _ => null,
        };
        if (chain is null || Shell.Word(rule.Table) is not { } table) yield break;
        foreach (var match in Matches(blockade, chain))
            yield return Make(Shell.Line(tool, "-t", table, "-I", chain, match, "-j ACCEPT"), Shell.Line(tool, "-t", table, "-D", chain, match, "-j ACCEPT"), Persist);
    }

    private IEnumerable<string?> Matches(Blockade blockade, string chain)
    {
        if (blockade.Way == BlockedWay.Outer)
        {
            var port = device.Fact.ListenPort.ToString(CultureInfo.InvariantCulture);
            yield return chain is "OUTPUT" or "POSTROUTING" ? $"-p udp --sport {port}" : $"-p udp --dport {port}";
            yield break;
        }

        if (chain is not ("OUTPUT" or "POSTROUTING")) yield return Shell.Line("-i", _dev);
        if (chain is "FORWARD" or "OUTPUT" or "POSTROUTING") yield return Shell.Line("-o", _dev);
    }

    private Remediation? NftPolicy(WalkRule rule)
    {
        var place = Place(rule);
        return Make(
            Shell.Line("nft chain", place, "'{ policy accept ; }'"),
            Shell.Line("nft chain", place, "'{ policy drop ; }'"),
            $"{Running}; everything that no rule of the chain decides passes then: an accept rule for the tunnel in that chain is narrower");
    }

    private Remediation? NftDelete(WalkRule rule) => Make(
        Shell.Line("nft delete rule", Place(rule), "handle", rule.Handle?.ToString(CultureInfo.InvariantCulture)),
        null,
        $"{Running}; keep `nft -s list ruleset` to put it back; an accept rule before it is narrower, where others need it");

    private Remediation? LegacyDelete(WalkRule rule) => Make(
        Shell.Line(Tool(rule), "-t", Shell.Word(rule.Table), "-D", Shell.Word(rule.Chain), rule.Handle?.ToString(CultureInfo.InvariantCulture)),
        null,
        $"{Running}; the number is that of the moment of reading: compare with -L --line-numbers, and keep `{Tool(rule)}-save` to put it back");

    private static string? Place(WalkRule rule) => Shell.Line(FilterText.Family(rule.Family), Shell.Word(rule.Table), Shell.Word(rule.Chain));

    private static string Tool(WalkRule rule) => (rule.Family, rule.Backend) switch
    {
        (NetfilterFamily.Ipv6, NetfilterBackend.Legacy) => "ip6tables-legacy",
        (NetfilterFamily.Ipv6, _) => "ip6tables-nft",
        (_, NetfilterBackend.Legacy) => "iptables-legacy",
        _ => "iptables-nft",
    };

    private Remediation? Make(string? command, string? undo, string scope)
    {
        var prefix = device.Namespace.IsHost ? "" : device.Namespace.Facts.Name is ['/', ..] path && Shell.Word(path) is { } word ? $"nsenter --net={word} " : null;
        return command is null || prefix is null ? null : new Remediation(device.Node.Name, prefix + command, scope, undo is null ? null : prefix + undo);
    }
}
