// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Matches of transport headers: xt_tcpudp.h, xt_sctp.h, xt_dccp.h, xt_multiport.h, xt_tcpmss.h, struct ipt_icmp.</summary>
internal static class XtTransportDecoder
{
    private const int MaxPorts = 15;

    public static XtTcp? Tcp(in XtInfo info)
    {
        if (!info.Is(12) || info[11] > 0x0f) return null;
        var inverted = info[11];
        var optionInverted = (inverted & 8) != 0;
        return new XtTcp
        {
            Source = info.Ports(0, (inverted & 1) != 0),
            Destination = info.Ports(4, (inverted & 2) != 0),
            // Option 0 is not looked at, so its inversion says nothing either.
            Option = info[8] != 0 ? info[8] : null,
            OptionInverted = optionInverted && info[8] != 0,
            FlagsMask = info[9],
            FlagsCompare = info[10],
            FlagsInverted = (inverted & 4) != 0,
        };
    }

    public static XtUdp? Udp(in XtInfo info, bool lite) => info.Is(10) && info[8] <= 3
        ? new XtUdp { Lite = lite, Source = info.Ports(0, (info[8] & 1) != 0), Destination = info.Ports(4, (info[8] & 2) != 0) }
        : null;

    /// <summary>The structure has the destination's ports first.</summary>
    public static XtSctp? Sctp(in XtInfo info)
    {
        if (!info.Is(292)) return null;
        var (count, flags, inverted) = (info.U32(280), info.U32(284), info.U32(288));
        if (flags > 7 || (inverted & ~flags) != 0 || count > 4) return null;
        var hasChunks = (flags & 4) != 0;
        if (hasChunks && info.U32(264) is not (1 or 2 or 4)) return null;
        var chunkFlags = new XtSctpChunkFlags[hasChunks ? count : 0];
        for (var i = 0; i < chunkFlags.Length; i++) chunkFlags[i] = new XtSctpChunkFlags(info[268 + (3 * i)], info[269 + (3 * i)], info[270 + (3 * i)]);
        return new XtSctp
        {
            Source = (flags & 1) == 0 ? null : new XtPortRange(info.U16(4), info.U16(6), (inverted & 1) != 0),
            Destination = (flags & 2) == 0 ? null : new XtPortRange(info.U16(0), info.U16(2), (inverted & 2) != 0),
            ChunkMatch = hasChunks ? info.U32(264) : null,
            ChunksInverted = (inverted & 4) != 0,
            ChunkMap = hasChunks ? new HexBytes(info.Slice(8, 256).ToArray()) : default,
            ChunkFlags = chunkFlags,
        };
    }

    /// <summary>The structure has the destination's ports first.</summary>
    public static XtDccp? Dccp(in XtInfo info)
    {
        if (!info.Is(16)) return null;
        var (flags, inverted) = (info.U16(8), info.U16(10));
        if (flags > 15 || (inverted & ~flags) != 0) return null;
        return new XtDccp
        {
            Source = (flags & 1) == 0 ? null : new XtPortRange(info.U16(4), info.U16(6), (inverted & 1) != 0),
            Destination = (flags & 2) == 0 ? null : new XtPortRange(info.U16(0), info.U16(2), (inverted & 2) != 0),
            TypeMask = (flags & 4) == 0 ? null : info.U16(12),
            TypesInverted = (inverted & 4) != 0,
            Option = (flags & 8) == 0 ? null : info[14],
            OptionInverted = (inverted & 8) != 0,
        };
    }

    public static XtIcmp? Icmp(in XtInfo info, bool version6) =>
        info.Is(4) && info[3] <= 1 ? new XtIcmp(version6, info[0], info[1], info[2], info[3] == 1) : null;

    public static XtMultiport? Multiport(in XtInfo info, byte revision)
    {
        if (!info.Is(revision == 0 ? 32 : 48) || info[0] > 2 || info[1] is 0 or > MaxPorts) return null;
        var count = info[1];
        var ports = new List<XtPortRange>(count);
        for (var i = 0; i < count; i++)
        {
            var port = info.U16(2 + (2 * i));
            // In revision 1 a flag says that this port begins a range and the next one ends it.
            var begins = revision == 1 && info[32 + i] != 0;
            if (begins && i + 1 == count) return null;
            ports.Add(new XtPortRange(port, begins ? info.U16(2 + (2 * ++i)) : port));
        }

        var inverted = revision == 1 && info[47] != 0;
        return new XtMultiport((XtPortSide)info[0], ports, inverted);
    }

    public static XtTcpMss? TcpMss(in XtInfo info) => info.Is(6) && info[4] <= 1 ? new XtTcpMss(info.U16(0), info.U16(2), info[4] == 1) : null;
}
