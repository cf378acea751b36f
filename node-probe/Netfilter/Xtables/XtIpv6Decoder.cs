// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Matches of IPv6 extension headers (linux/netfilter_ipv6).</summary>
internal static class XtIpv6Decoder
{
    private const int MaxAddresses = 16;
    private const int MaxOptions = 16;

    public static XtFrag? Frag(in XtInfo info) => info.Is(16) && info[12] <= 0x3f && info[13] <= 3
        ? new XtFrag { Id = info.Range(0, (info[13] & 1) != 0), HeaderLength = info.U32(8), HeaderLengthInverted = (info[13] & 2) != 0, Flags = info[12] }
        : null;

    public static XtRt? Rt(in XtInfo info)
    {
        if (!info.Is(280) || info[16] > 0x3f || info[17] > 7 || info[276] > MaxAddresses) return null;
        var addresses = new IpAddr[info[276]];
        for (var i = 0; i < addresses.Length; i++) addresses[i] = info.Address6(20 + (16 * i));
        return new XtRt
        {
            Type = info.U32(0),
            SegmentsLeft = info.Range(4, (info[17] & 2) != 0),
            HeaderLength = info.U32(12),
            Flags = info[16],
            Inverted = (byte)(info[17] & 5),
            Addresses = addresses,
        };
    }

    public static XtOptions? Options(in XtInfo info, bool destination)
    {
        if (!info.Is(40) || info[4] > 7 || info[5] > 1 || info[38] > MaxOptions) return null;
        var options = new ushort[info[38]];
        for (var i = 0; i < options.Length; i++) options[i] = info.U16(6 + (2 * i));
        return new XtOptions { Destination = destination, HeaderLength = info.U32(0), HeaderLengthInverted = info[5] == 1, Flags = info[4], Options = options };
    }

    public static XtIpv6Header? Headers(in XtInfo info) => info.Is(3) ? new XtIpv6Header(info[0], info[1] != 0, info[2] != 0) : null;

    public static XtMobility? Mobility(in XtInfo info) => info.Is(3) && info[2] <= 1 ? new XtMobility(new XtRange(info[0], info[1], info[2] == 1)) : null;
}
