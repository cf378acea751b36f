// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Matches of IPv6 extension headers and IPsec.</summary>
internal static class XtIpv6Text
{
    private static readonly (uint Bit, string Name)[] Headers =
        [(128, "hop-by-hop"), (64, "ipv6-opts"), (32, "ipv6-route"), (16, "ipv6-frag"), (8, "ah"), (4, "esp"), (2, "ipv6-nonxt"), (1, "protocol")];

    public static bool Append(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtFrag frag:
                Frag(text.Append(" -m frag"), frag);
                return true;
            case XtRt rt:
                Rt(text.Append(" -m rt"), rt);
                return true;
            case XtOptions options:
                Options(text, options);
                return true;
            case XtIpv6Header header:
                text.Append(" -m ipv6header").Option("--header", header.Inverted).Bits(header.Headers, Headers).Flag(header.Soft, "--soft");
                return true;
            case XtEui64:
                text.Append(" -m eui64");
                return true;
            case XtMobility mobility:
                text.Append(" -m mh").Range("--mh-type", mobility.Types, byte.MaxValue);
                return true;
            case XtAh ah:
                text.Append(" -m ah").Range("--ahspi", ah.Spi);
                if (ah.HeaderLength != 0 || ah.HeaderLengthInverted) text.Option("--ahlen", ah.HeaderLengthInverted).Number(ah.HeaderLength);
                text.Flag(ah.ReservedZero, "--ahres");
                return true;
            case XtEsp esp:
                text.Append(" -m esp").Range("--espspi", esp.Spi);
                return true;
            case XtIpcomp ipcomp:
                text.Append(" -m ipcomp").Range("--ipcompspi", ipcomp.Cpi);
                text.Flag(ipcomp.ReservedZero, "--compres");
                return true;
            case XtPolicy policy:
                Policy(text.Append(" -m policy"), policy);
                return true;
            default:
                return false;
        }
    }

    private static void Frag(StringBuilder text, XtFrag frag)
    {
        text.Range("--fragid", frag.Id);
        if ((frag.Flags & 2) != 0) text.Option("--fraglen", frag.HeaderLengthInverted).Number(frag.HeaderLength);
        text.Flag((frag.Flags & 4) != 0, "--fragres").Flag((frag.Flags & 8) != 0, "--fragfirst");
        text.Flag((frag.Flags & 0x10) != 0, "--fragmore").Flag((frag.Flags & 0x20) != 0, "--fraglast");
    }

    private static void Rt(StringBuilder text, XtRt rt)
    {
        if ((rt.Flags & 1) != 0) text.Option("--rt-type", (rt.Inverted & 1) != 0).Number(rt.Type);
        text.Range("--rt-segsleft", rt.SegmentsLeft);
        if ((rt.Flags & 4) != 0) text.Option("--rt-len", (rt.Inverted & 4) != 0).Number(rt.HeaderLength);
        text.Flag((rt.Flags & 8) != 0, "--rt-0-res");
        if (rt.Addresses.Count > 0) text.Append(" --rt-0-addrs ").AppendJoin(',', rt.Addresses);
        text.Flag((rt.Flags & 0x20) != 0, "--rt-0-not-strict");
    }

    private static void Options(StringBuilder text, XtOptions options)
    {
        var name = options.Destination ? "dst" : "hbh";
        text.Append(" -m ").Append(name);
        if ((options.Flags & 1) != 0) text.Option($"--{name}-len", options.HeaderLengthInverted).Number(options.HeaderLength);
        if (options.Options.Count == 0) return;
        text.Append($" --{name}-opts ");
        for (var i = 0; i < options.Options.Count; i++)
        {
            text.Append(i == 0 ? string.Empty : ",").Append(options.Options[i] >> 8);
            if ((options.Options[i] & 0xff) != 0xff) text.Append(':').Append(options.Options[i] & 0xff);
        }
    }

    private static void Policy(StringBuilder text, XtPolicy policy)
    {
        text.Append((policy.Flags & 1) != 0 ? " --dir in" : " --dir out").Append((policy.Flags & 4) != 0 ? " --pol none" : " --pol ipsec");
        text.Flag((policy.Flags & 8) != 0, "--strict");
        for (var i = 0; i < policy.Elements.Count; i++)
        {
            var element = policy.Elements[i];
            text.Flag(i > 0, "--next");
            if (element.ReqId is { } id) text.Option("--reqid", element.ReqIdInverted).Number(id);
            // iptables gives and takes the number in the machine's order, although the kernel compares it in network order.
            if (element.Spi is { } spi) text.Option("--spi", element.SpiInverted).Hex(BinaryPrimitives.ReverseEndianness(spi));
            if (element.Protocol is { } protocol) text.Option("--proto", element.ProtocolInverted).Word(XtNames.Protocol(protocol));
            if (element.Mode is { } mode) text.Option("--mode", element.ModeInverted).Word(mode == 1 ? "tunnel" : "transport");
            if (element.Destination is { } destination) text.Option("--tunnel-dst", destination.Inverted).Address(destination, always: false);
            if (element.Source is { } source) text.Option("--tunnel-src", source.Inverted).Address(source, always: false);
        }
    }
}
