// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.Diagnosis.Rules.Walks;

/// <summary>Rules and sample packets in words. Everything came from a node and is made fit to be shown.</summary>
internal static class FilterText
{
    /// <summary>Where the rule stands, in the words of the tool that shows it.</summary>
    public static string Place(WalkRule rule)
    {
        var at = rule.Handle is { } handle ? rule.Backend == NetfilterBackend.Legacy ? $" rule {handle}" : $" handle {handle}" : " policy";
        var tool = rule.Backend == NetfilterBackend.Legacy ? rule.Family == NetfilterFamily.Ipv6 ? "ip6tables-legacy -t" : "iptables-legacy -t" : $"nft {Family(rule.Family)}";
        return $"{tool} {DisplayText.Name(rule.Table)} {DisplayText.Name(rule.Chain)}{at}";
    }

    public static string Said(WalkRule rule) => DisplayText.Detail(rule.Text);

    public static string Owner(WalkRule rule) => rule.Owner is { } owner ? $" (made by {DisplayText.Name(owner)})" : "";

    /// <summary>The family as nft writes it.</summary>
    public static string Family(NetfilterFamily family) => family switch
    {
        NetfilterFamily.Ipv4 => "ip",
        NetfilterFamily.Ipv6 => "ip6",
        NetfilterFamily.Bridge => "bridge",
        NetfilterFamily.Netdev => "netdev",
        NetfilterFamily.Arp => "arp",
        _ => "inet",
    };

    /// <summary>The sample packet of a walk.</summary>
    public static string Packet(WalkFact walk)
    {
        if (walk.Packet is not { } packet) return $"sample packet ({walk.Purpose})";
        var protocol = packet.Protocol switch { 1 => "icmp", 6 => "tcp", 17 => "udp", 58 => "icmpv6", var other => $"protocol {other}" };
        var input = packet.Input is { } name ? $" in by {DisplayText.Name(name)}" : " made here";
        var mark = packet.Mark == 0 ? "" : $" mark 0x{packet.Mark:x}";
        return $"sample packet ({walk.Purpose}, {string.Join(' ', walk.States).ToLowerInvariant()}) {End(packet.Source, packet.SourcePort)} to {End(packet.Destination, packet.DestinationPort)} {protocol}{input}{mark}";
    }

    public static string Result(WalkFact walk) => walk.Result switch
    {
        WalkResult.Dropped or WalkResult.Rejected => $"{walk.Result.ToString().ToLowerInvariant()}: {DisplayText.Detail(walk.Stop?.What)}",
        WalkResult.Undetermined when walk.Stop?.Rule is not null => $"not certain: {DisplayText.Detail(walk.Stop.What)}",
        _ when walk.Nat is { } nat => $"{DisplayText.Name(nat.Kind)} to {DisplayText.Detail(nat.To)}{(walk.Link is { } link ? $", leaves by {DisplayText.Name(link)}" : "")}",
        _ => walk.Result.ToString().ToLowerInvariant(),
    };

    private static string End(IpAddr address, ushort? port) => port is { } known ? new IpEndpoint(address, known).ToString() : address.ToString();
}
