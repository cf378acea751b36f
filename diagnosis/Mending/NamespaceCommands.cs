// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Mending;

/// <summary>Builds mending commands for what is not a WireGuard device: links, addresses, rules, neighbours. Null where no safe command can be written.</summary>
internal sealed class NamespaceCommands(NamespaceView ns)
{
    private const string Running = "running system only; whoever made it may write it again";

    public Remediation? LinkUp(LinkFact link) =>
        Make(Shell.Line("ip link set dev", Shell.Word(link.Name), "up"), Shell.Line("ip link set dev", Shell.Word(link.Name), "down"));

    public Remediation? Mtu(LinkFact link, int wanted) => Make(
        Shell.Line("ip link set dev", Shell.Word(link.Name), "mtu", Number(wanted)), Shell.Line("ip link set dev", Shell.Word(link.Name), "mtu", Number(link.Mtu)));

    public Remediation? DeleteLink(LinkFact link) => Make(Shell.Line("ip link del dev", Shell.Word(link.Name)), undo: null, "for good: the device and its routes are gone; its owner makes a new one");

    public Remediation? MoveLink(LinkFact link, int pid) => Make(
        Shell.Line("ip link set dev", Shell.Word(link.Name), "netns", Number(pid)), undo: null, "the device loses its addresses and routes and is down afterwards");

    public Remediation? DeleteAddress(AddressFact address)
    {
        var text = $"{address.Address}/{Number(address.PrefixLength)}";
        var dev = Shell.Word(ns.LinkByIndex(address.Link)?.Name);
        return Make(Shell.Line(Ip(address.Address.Family), "addr del", text, "dev", dev), Shell.Line(Ip(address.Address.Family), "addr add", text, "dev", dev));
    }

    public Remediation? DeleteNeighbour(NeighbourFact neighbour)
    {
        var dev = Shell.Word(ns.LinkName(neighbour.Link));
        var undo = neighbour.LinkLayerAddress is null ? null
            : Shell.Line(Ip(neighbour.Address.Family), "neigh add", neighbour.Address.ToString(), "lladdr", Shell.Word(neighbour.LinkLayerAddress), "nud permanent dev", dev);
        return Make(Shell.Line(Ip(neighbour.Address.Family), "neigh del", neighbour.Address.ToString(), "dev", dev), undo);
    }

    public Remediation? AddRule(RuleFact rule) => Make(Line("add", rule), Line("del", rule));

    public Remediation? DeleteRule(RuleFact rule) => Make(Line("del", rule), Line("add", rule));

    public Remediation? FirewallMark(string device, uint wanted, uint current) => Make(
        Shell.Line("wg set", Shell.Word(device), "fwmark", Hex(wanted)), Shell.Line("wg set", Shell.Word(device), "fwmark", Hex(current)));

    public Remediation? Sysctl(string name, long wanted, long current) => Make(
        Shell.Line("sysctl -w", Shell.Word($"{name}={Number(wanted)}")),
        Shell.Line("sysctl -w", Shell.Word($"{name}={Number(current)}")),
        "running system until reboot; put it into /etc/sysctl.d to keep it");

    /// <summary>The rule in the words of ip-rule(8); null when it looks at something that this does not write.</summary>
    public static string? Text(RuleFact rule)
    {
        if (rule.OtherSelectors) return null;
        var line = $"prio {Number(rule.Priority)}{(rule.Invert ? " not" : "")} from {(rule.From is { IsDefault: false } from ? from : "all")}";
        if (rule.To is { IsDefault: false } to) line += $" to {to}";
        if (rule.Mark is { } mark) line += $" fwmark {Hex(mark)}{(rule.MarkMask is { } mask and not uint.MaxValue ? $"/{Hex(mask)}" : "")}";
        if (!string.IsNullOrEmpty(rule.InputInterface)) line += $" iif {Shell.Word(rule.InputInterface)}";
        if (!string.IsNullOrEmpty(rule.OutputInterface)) line += $" oif {Shell.Word(rule.OutputInterface)}";
        line += rule.Action switch { 1 => $" lookup {Number(rule.Table)}", 2 => $" goto {Number(rule.GotoPriority ?? 0)}", 3 => " nop", 6 => " blackhole", 7 => " unreachable", _ => " prohibit" };
        return rule.SuppressPrefixLength is { } limit and >= 0 ? $"{line} suppress_prefixlength {Number(limit)}" : line;
    }

    private static string? Line(string verb, RuleFact rule) => Text(rule) is { } text ? $"{Ip(rule.Family)} rule {verb} {text}" : null;

    private Remediation? Make(string? command, string? undo, string scope = Running)
    {
        if (command is null || Prefix() is not { } prefix) return null;
        return new Remediation(ns.Node.Name, prefix + command, scope, undo is null ? null : prefix + undo);
    }

    private string? Prefix() => ns.IsHost ? "" : ns.Facts.Name is ['/', ..] path && Shell.Word(path) is { } word ? $"nsenter --net={word} " : null;

    private static string Ip(IpFamily family) => family == IpFamily.IPv6 ? "ip -6" : "ip";

    private static string Hex(uint value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
