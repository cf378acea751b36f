// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netfilter.Xtables;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>Decodes what an entry says of the IP header (struct ipt_ip, struct ip6t_ip6).</summary>
internal static class LegacyHeaderDecoder
{
    private const int InvertInput = 0x01;
    private const int InvertOutput = 0x02;
    private const int InvertSource = 0x08;
    private const int InvertDestination = 0x10;
    private const int InvertFragment = 0x20;
    private const int InvertProtocol = 0x40;

    /// <summary>The match; null when it looks at nothing. False when something in it is not known.</summary>
    public static bool TryDecode(in LegacyEntry entry, out XtHeaderMatch? match, out bool isGoto)
    {
        var version6 = entry.Layout.Family == NetfilterFamily.Ipv6;
        var info = new XtInfo(entry.Layout.Family, entry.Bytes);
        var width = version6 ? 16 : 4;
        var protocolAt = (4 * width) + 64;
        var flags = info[protocolAt + (version6 ? 3 : 2)];
        var inverted = info[protocolAt + (version6 ? 4 : 3)];
        // IPv6 has a TOS byte that no kernel ever compared, and its flag; user space never sets it.
        isGoto = (flags & (version6 ? 4 : 2)) != 0;
        match = null;
        if (flags > (version6 ? 7 : 3) || inverted > 0x7f || (version6 && (flags & 2) != 0)) return false;
        if (!info.TryInterface(4 * width, (4 * width) + 32, (inverted & InvertInput) != 0, out var input)) return false;
        if (!info.TryInterface((4 * width) + 16, (4 * width) + 48, (inverted & InvertOutput) != 0, out var output)) return false;
        var hasProtocol = version6 ? (flags & 1) != 0 : info.U16(protocolAt) != 0;
        bool? fragment = version6 || (flags & 1) == 0 ? null : (inverted & InvertFragment) == 0;
        if (hasProtocol && info.U16(protocolAt) > byte.MaxValue) return false;
        var header = new XtHeaderMatch
        {
            Source = Address(info, 0, 2 * width, (inverted & InvertSource) != 0),
            Destination = Address(info, width, 3 * width, (inverted & InvertDestination) != 0),
            InputInterface = input,
            OutputInterface = output,
            Protocol = hasProtocol ? (byte)info.U16(protocolAt) : null,
            ProtocolInverted = hasProtocol && (inverted & InvertProtocol) != 0,
            Fragment = fragment,
        };
        match = LooksAtAnything(header) ? header : null;
        return true;
    }

    /// <summary>Null for any address: mask and address 0, not inverted.</summary>
    private static XtAddress? Address(in XtInfo info, int offset, int maskOffset, bool inverted)
    {
        var (address, mask) = (info.Address(offset), info.Address(maskOffset));
        return mask.IsUnspecified && address.IsUnspecified && !inverted ? null : new XtAddress(address, mask, inverted);
    }

    private static bool LooksAtAnything(XtHeaderMatch header) =>
        header.Source is not null || header.Destination is not null || header.InputInterface is not null || header.OutputInterface is not null
        || header.Protocol is not null || header.Fragment is not null;
}
