// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Matches that ask for the packet's connection, <c>conntrack</c> apart.</summary>
internal static class XtConnectionDecoder
{
    public static XtConnmark? Connmark(in XtInfo info) =>
        info.Is(12) && info[8] <= 1 ? new XtConnmark(info.U32(0), info.U32(4), info[8] == 1) : null;

    public static XtConnbytes? Connbytes(in XtInfo info) =>
        info.Is(24) && info[16] <= 2 && info[17] <= 2 ? new XtConnbytes(info.U64(0), info.U64(8), info[16], info[17]) : null;

    public static XtConnlimit? Connlimit(in XtInfo info) => info.IsOfFamily(32) && info.U32(20) <= 3
        ? new XtConnlimit(info.U32(16), info.Address(0), (info.U32(20) & 2) != 0, (info.U32(20) & 1) != 0)
        : null;

    public static XtConnlabel? Connlabel(in XtInfo info) =>
        info.Is(4) && info.U16(2) <= 3 ? new XtConnlabel(info.U16(0), (info.U16(2) & 2) != 0, (info.U16(2) & 1) != 0) : null;

    public static XtHelper? Helper(in XtInfo info) =>
        info.Is(36) && info.U32(0) <= 1 ? new XtHelper(info.Text(4, 30), info.U32(0) == 1) : null;

    public static XtIpvs? Ipvs(in XtInfo info)
    {
        if (!info.IsOfFamily(40) || info[39] > 0x7f) return null;
        var (inverted, looked) = (info[38], info[39]);
        return new XtIpvs
        {
            IpvsProperty = (looked & 1) == 0 ? null : (inverted & 1) == 0,
            Protocol = (looked & 2) == 0 ? null : info[34],
            ProtocolInverted = (looked & inverted & 2) != 0,
            VirtualAddress = (looked & 4) == 0 ? null : info.Masked(0, 16, (inverted & 4) != 0),
            VirtualPort = (looked & 8) == 0 ? null : Port(info.NetworkU16(32), (inverted & 8) != 0),
            OriginalDirection = (looked & 0x10) == 0 ? null : (inverted & 0x10) == 0,
            Method = (looked & 0x20) == 0 ? null : info[35],
            MethodInverted = (looked & inverted & 0x20) != 0,
            ControlPort = (looked & 0x40) == 0 ? null : Port(info.NetworkU16(36), (inverted & 0x40) != 0),
        };
    }

    private static XtPortRange Port(ushort port, bool inverted) => new(port, port, inverted);
}
