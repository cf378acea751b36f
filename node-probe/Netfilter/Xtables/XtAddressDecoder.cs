// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Matches of addresses and devices.</summary>
internal static class XtAddressDecoder
{
    private const int AllTypes = 0x0fff;

    public static XtAddrtype? Addrtype(in XtInfo info, byte revision)
    {
        if (!info.Is(revision == 0 ? 12 : 8)) return null;
        var (source, destination) = (info.U16(0), info.U16(2));
        var flags = revision == 0 ? (info.U32(4) != 0 ? 1u : 0) | (info.U32(8) != 0 ? 2u : 0) : info.U32(4);
        if (flags > 15 || source > AllTypes || destination > AllTypes) return null;
        return new XtAddrtype
        {
            // A mask of 0 is not looked at, whatever its flag says.
            Source = source == 0 ? null : (XtAddressTypes)source,
            SourceInverted = source != 0 && (flags & 1) != 0,
            Destination = destination == 0 ? null : (XtAddressTypes)destination,
            DestinationInverted = destination != 0 && (flags & 2) != 0,
            LimitInterfaceIn = (flags & 4) != 0,
            LimitInterfaceOut = (flags & 8) != 0,
        };
    }

    public static XtIpRange? IpRange(in XtInfo info)
    {
        if (!info.IsOfFamily(68) || (info[64] & ~0x33) != 0) return null;
        var flags = info[64];
        return new XtIpRange(
            (flags & 1) == 0 ? null : new XtAddressRange(info.Address(0), info.Address(16), (flags & 0x10) != 0),
            (flags & 2) == 0 ? null : new XtAddressRange(info.Address(32), info.Address(48), (flags & 0x20) != 0));
    }

    public static XtRpfilter? Rpfilter(in XtInfo info) => info.Is(1) && info[0] <= 15
        ? new XtRpfilter((info[0] & 1) != 0, (info[0] & 2) != 0, (info[0] & 4) != 0, (info[0] & 8) != 0)
        : null;

    public static XtPhysdev? Physdev(in XtInfo info)
    {
        if (!info.Is(66)) return null;
        var (inverted, looked) = (info[64], info[65]);
        if (looked > 0x1f || inverted > 0x1f) return null;
        XtInterface? input = null, output = null;
        if ((looked & 1) != 0 && !info.TryInterface(0, 16, (inverted & 1) != 0, out input)) return null;
        if ((looked & 2) != 0 && !info.TryInterface(32, 48, (inverted & 2) != 0, out output)) return null;
        return new XtPhysdev
        {
            In = input,
            Out = output,
            IsBridged = (looked & 4) == 0 ? null : (inverted & 4) == 0,
            IsIn = (looked & 8) == 0 ? null : (inverted & 8) == 0,
            IsOut = (looked & 0x10) == 0 ? null : (inverted & 0x10) == 0,
        };
    }

    public static XtDevgroup? Devgroup(in XtInfo info)
    {
        if (!info.Is(20) || info.U32(0) > 15) return null;
        var flags = info.U32(0);
        return new XtDevgroup(
            (flags & 1) == 0 ? null : new XtMasked(info.U32(4), info.U32(8), (flags & 2) != 0),
            (flags & 4) == 0 ? null : new XtMasked(info.U32(12), info.U32(16), (flags & 8) != 0));
    }
}
