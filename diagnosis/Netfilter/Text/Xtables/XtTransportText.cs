// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Matches of transport headers.</summary>
internal static class XtTransportText
{
    private static readonly (uint Bit, string Name)[] TcpFlags = [(1, "FIN"), (2, "SYN"), (4, "RST"), (8, "PSH"), (16, "ACK"), (32, "URG")];

    private static readonly (byte Type, string Name)[] Chunks =
    [
        (0, "DATA"), (1, "INIT"), (2, "INIT_ACK"), (3, "SACK"), (4, "HEARTBEAT"), (5, "HEARTBEAT_ACK"), (6, "ABORT"), (7, "SHUTDOWN"), (8, "SHUTDOWN_ACK"),
        (9, "ERROR"), (10, "COOKIE_ECHO"), (11, "COOKIE_ACK"), (12, "ECN_ECNE"), (13, "ECN_CWR"), (14, "SHUTDOWN_COMPLETE"), (64, "I_DATA"),
        (130, "RE_CONFIG"), (132, "PAD"), (193, "ASCONF"), (128, "ASCONF_ACK"), (192, "FORWARD_TSN"), (194, "I_FORWARD_TSN"),
    ];

    private static readonly string[] DccpTypes = ["REQUEST", "RESPONSE", "DATA", "ACK", "DATAACK", "CLOSEREQ", "CLOSE", "RESET", "SYNC", "SYNCACK", "INVALID"];

    public static bool Append(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtTcp tcp:
                Tcp(text.Append(" -m tcp"), tcp);
                return true;
            case XtUdp udp:
                text.Append(udp.Lite ? " -m udplite" : " -m udp");
                text.Ports("--sport", udp.Source);
                text.Ports("--dport", udp.Destination);
                return true;
            case XtMultiport multiport:
                Multiport(text.Append(" -m multiport"), multiport);
                return true;
            case XtIcmp icmp:
                Icmp(text, icmp);
                return true;
            case XtTcpMss mss:
                text.Append(" -m tcpmss").Option("--mss", mss.Inverted).Number(mss.From);
                if (mss.From != mss.To) text.Append(':').Append(mss.To);
                return true;
            case XtSctp sctp:
                Sctp(text.Append(" -m sctp"), sctp);
                return true;
            case XtDccp dccp:
                Dccp(text.Append(" -m dccp"), dccp);
                return true;
            default:
                return false;
        }
    }

    private static void Tcp(StringBuilder text, XtTcp tcp)
    {
        text.Ports("--sport", tcp.Source);
        text.Ports("--dport", tcp.Destination);
        if (tcp.Option is { } option) text.Option("--tcp-option", tcp.OptionInverted).Number(option);
        if (tcp.FlagsMask == 0 && !tcp.FlagsInverted) return;
        text.Option("--tcp-flags", tcp.FlagsInverted);
        Flags(text, tcp.FlagsMask);
        Flags(text, tcp.FlagsCompare);
    }

    private static void Flags(StringBuilder text, byte flags)
    {
        if ((flags & 0x3f) == 0) text.Append(" NONE");
        else text.Bits(flags, TcpFlags);
    }

    private static void Multiport(StringBuilder text, XtMultiport multiport)
    {
        text.Option(multiport.Side switch { XtPortSide.Source => "--sports", XtPortSide.Destination => "--dports", _ => "--ports" }, multiport.Inverted).Append(' ');
        for (var i = 0; i < multiport.Ports.Count; i++)
        {
            var (from, to) = (multiport.Ports[i].From, multiport.Ports[i].To);
            text.Append(i == 0 ? string.Empty : ",").Append(from);
            if (to != from) text.Append(':').Append(to);
        }
    }

    private static void Icmp(StringBuilder text, XtIcmp icmp)
    {
        text.Append(icmp.Version6 ? " -m icmp6" : " -m icmp").Option(icmp.Version6 ? "--icmpv6-type" : "--icmp-type", icmp.Inverted);
        if (!icmp.Version6 && icmp is { Type: 255, CodeFrom: 0, CodeTo: 255 })
        {
            text.Append(" any");
            return;
        }

        text.Number(icmp.Type);
        if (icmp.CodeFrom == 0 && icmp.CodeTo == 255) return;
        text.Append('/').Append(icmp.CodeFrom);
        if (icmp.CodeTo != icmp.CodeFrom) text.Append(':').Append(icmp.CodeTo);
    }

    private static void Sctp(StringBuilder text, XtSctp sctp)
    {
        Always(text, "--sport", sctp.Source);
        Always(text, "--dport", sctp.Destination);
        if (sctp.ChunkMatch is not { } how) return;
        text.Option("--chunk-types", sctp.ChunksInverted).Append(how switch { 1 => " any ", 2 => " all ", _ => " only " });
        var map = sctp.ChunkMap.Span;
        if (!map.ContainsAnyExcept((byte)0xff))
        {
            text.Append("ALL");
            return;
        }

        if (!map.ContainsAnyExcept((byte)0))
        {
            text.Append("NONE");
            return;
        }

        var first = true;
        for (var type = 0; type < map.Length * 8; type++)
        {
            // One 32-bit word holds 32 types, but the map's declared length is in words of 4 bytes.
            if ((map[type / 32 * 4 + (type % 32 / 8)] & (1 << (type % 8))) == 0) continue;
            text.Append(first ? string.Empty : ",").Append(ChunkName((byte)type));
            first = false;
            ChunkFlags(text, sctp, (byte)type);
            if (type == byte.MaxValue) break;
        }
    }

    private static string ChunkName(byte type)
    {
        foreach (var (number, name) in Chunks)
        {
            if (number == type) return name;
        }

        return $"0x{type:x2}";
    }

    private static void ChunkFlags(StringBuilder text, XtSctp sctp, byte type)
    {
        // Bits of a chunk's flags are written as letters, capital when they must be set: DATA IUBE, ABORT and SHUTDOWN_COMPLETE T.
        var letters = type switch { 0 => "----IUBE", 6 or 14 => "-------T", _ => "--------" };
        foreach (var flags in sctp.ChunkFlags)
        {
            if (flags.ChunkType != type) continue;
            text.Append(':');
            for (var bit = 7; bit >= 0; bit--)
            {
                if ((flags.Mask & (1 << bit)) == 0) continue;
                var letter = letters[7 - bit];
                text.Append((flags.Flags & (1 << bit)) != 0 ? letter : char.ToLowerInvariant(letter));
            }

            return;
        }
    }

    private static void Dccp(StringBuilder text, XtDccp dccp)
    {
        Always(text, "--sport", dccp.Source);
        Always(text, "--dport", dccp.Destination);
        if (dccp.TypeMask is { } types)
        {
            text.Option("--dccp-types", dccp.TypesInverted).Append(' ');
            var first = true;
            for (var type = 0; type < DccpTypes.Length; type++)
            {
                if ((types & (1 << type)) == 0) continue;
                text.Append(first ? string.Empty : ",").Append(DccpTypes[type]);
                first = false;
            }
        }

        if (dccp.Option is { } option) text.Option("--dccp-option", dccp.OptionInverted).Number(option);
    }

    private static void Always(StringBuilder text, string name, XtPortRange? ports)
    {
        if (ports is null) return;
        text.Option(name, ports.Inverted).Number(ports.From);
        if (ports.To != ports.From) text.Append(':').Append(ports.To);
    }
}
