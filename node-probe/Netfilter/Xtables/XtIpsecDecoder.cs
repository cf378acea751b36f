// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Matches of IPsec headers and policies.</summary>
internal static class XtIpsecDecoder
{
    private const int ElementSize = 76;
    private const int MaxElements = 4;

    public static XtAh? Ah4(in XtInfo info) => info.IsVersion4 && info.Is(12) && info[8] <= 1 ? new XtAh(info.Range(0, info[8] == 1)) : null;

    public static XtAh? Ah6(in XtInfo info) => info.Is(16) && info[13] <= 3
        ? new XtAh(info.Range(0, (info[13] & 1) != 0), Version6: true, info.U32(8), (info[13] & 2) != 0, info[12] != 0)
        : null;

    public static XtEsp? Esp(in XtInfo info) => info.Is(12) && info[8] <= 1 ? new XtEsp(info.Range(0, info[8] == 1)) : null;

    public static XtIpcomp? Ipcomp(in XtInfo info) => info.Is(12) && info[8] <= 1 ? new XtIpcomp(info.Range(0, info[8] == 1), info[9] != 0) : null;

    public static XtPolicy? Policy(in XtInfo info)
    {
        if (!info.IsOfFamily(308)) return null;
        var (flags, count) = (info.U16(304), info.U16(306));
        if (flags > 15 || count > MaxElements) return null;
        var elements = new XtPolicyElement[count];
        for (var i = 0; i < count; i++) elements[i] = Element(info, i * ElementSize);
        return new XtPolicy { Flags = flags, Elements = elements };
    }

    /// <summary>The bits of struct xt_policy_spec, least significant first: source, destination, protocol, mode, SPI, request id.</summary>
    private static XtPolicyElement Element(in XtInfo info, int at)
    {
        var (match, inverted) = (info[at + 74], info[at + 75]);
        return new XtPolicyElement
        {
            Source = (match & 1) == 0 ? null : info.Masked(at, at + 16, (inverted & 1) != 0),
            Destination = (match & 2) == 0 ? null : info.Masked(at + 32, at + 48, (inverted & 2) != 0),
            Protocol = (match & 4) == 0 ? null : info[at + 72],
            ProtocolInverted = (match & inverted & 4) != 0,
            Mode = (match & 8) == 0 ? null : info[at + 73],
            ModeInverted = (match & inverted & 8) != 0,
            Spi = (match & 0x10) == 0 ? null : info.NetworkU32(at + 64),
            SpiInverted = (match & inverted & 0x10) != 0,
            ReqId = (match & 0x20) == 0 ? null : info.U32(at + 68),
            ReqIdInverted = (match & inverted & 0x20) != 0,
        };
    }
}
