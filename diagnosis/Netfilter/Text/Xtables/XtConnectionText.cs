// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Matches that ask for the packet's connection.</summary>
internal static class XtConnectionText
{
    private static readonly (uint Bit, string Name)[] States =
        [(1, "INVALID"), (8, "NEW"), (4, "RELATED"), (2, "ESTABLISHED"), (0x100, "UNTRACKED"), (0x40, "SNAT"), (0x80, "DNAT")];

    private static readonly (uint Bit, string Name)[] Status = [(1, "EXPECTED"), (2, "SEEN_REPLY"), (4, "ASSURED"), (8, "CONFIRMED")];

    public static bool Append(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtConntrack conntrack:
                Conntrack(text, conntrack);
                return true;
            case XtConnmark mark:
                text.Append(" -m connmark").Option("--mark", mark.Inverted).Mark(mark.Mark, mark.Mask);
                return true;
            case XtConnbytes bytes:
                Connbytes(text, bytes);
                return true;
            case XtConnlimit limit:
                text.Append(" -m connlimit").Option(limit.Inverted ? "--connlimit-upto" : "--connlimit-above").Number(limit.Limit);
                text.Append(" --connlimit-mask ").Append(XtFormat.PrefixLength(limit.Mask)).Append(limit.Destination ? " --connlimit-daddr" : " --connlimit-saddr");
                return true;
            case XtConnlabel label:
                text.Append(" -m connlabel").Option("--label", label.Inverted).Append($" \"{label.Bit}\"").Flag(label.Set, "--set");
                return true;
            case XtHelper helper:
                text.Append(" -m helper").Option("--helper", helper.Inverted).Quoted(helper.Name);
                return true;
            case XtIpvs ipvs:
                Ipvs(text.Append(" -m ipvs"), ipvs);
                return true;
            default:
                return false;
        }
    }

    private static void Conntrack(StringBuilder text, XtConntrack match)
    {
        text.Append(match.StateAlias ? " -m state" : " -m conntrack");
        if (match.States is { } states) text.Option(match.StateAlias ? "--state" : "--ctstate", match.StatesInverted).Bits((uint)states, States);
        if (match.Protocol is { } protocol) text.Option("--ctproto", match.ProtocolInverted).Number(protocol);
        Address(text, "--ctorigsrc", match.OriginalSource);
        Address(text, "--ctorigdst", match.OriginalDestination);
        Address(text, "--ctreplsrc", match.ReplySource);
        Address(text, "--ctrepldst", match.ReplyDestination);
        Port(text, "--ctorigsrcport", match.OriginalSourcePort);
        Port(text, "--ctorigdstport", match.OriginalDestinationPort);
        Port(text, "--ctreplsrcport", match.ReplySourcePort);
        Port(text, "--ctrepldstport", match.ReplyDestinationPort);
        if (match.Status is { } status)
        {
            text.Option("--ctstatus", match.StatusInverted);
            if (status == 0) text.Append(" NONE");
            else text.Bits(status, Status);
        }

        if (match.Expires is { } expires)
        {
            text.Option("--ctexpire", expires.Inverted).Number(expires.From);
            if (expires.To != expires.From) text.Append(':').Append(expires.To);
        }

        if (match.OriginalDirection is { } original) text.Append(original ? " --ctdir ORIGINAL" : " --ctdir REPLY");
    }

    private static void Address(StringBuilder text, string name, XtAddress? address)
    {
        if (address is not null) text.Option(name, address.Inverted).Address(address, always: false);
    }

    private static void Port(StringBuilder text, string name, XtPortRange? port)
    {
        if (port is null) return;
        text.Option(name, port.Inverted).Number(port.From);
        if (port.To != port.From) text.Append(':').Append(port.To);
    }

    private static void Connbytes(StringBuilder text, XtConnbytes bytes)
    {
        var inverted = bytes.From > bytes.To;
        var (from, to) = inverted ? (bytes.To, bytes.From) : (bytes.From, bytes.To);
        text.Append(" -m connbytes").Option("--connbytes", inverted).Number(from);
        if (to != ulong.MaxValue) text.Append(':').Append(to);
        text.Append(" --connbytes-mode ").Append(bytes.What switch { 0 => "packets", 1 => "bytes", _ => "avgpkt" });
        text.Append(" --connbytes-dir ").Append(bytes.Direction switch { 0 => "original", 1 => "reply", _ => "both" });
    }

    private static void Ipvs(StringBuilder text, XtIpvs ipvs)
    {
        if (ipvs.IpvsProperty is { } property) text.Option("--ipvs", !property);
        if (ipvs.Protocol is { } protocol) text.Option("--vproto", ipvs.ProtocolInverted).Number(protocol);
        Address(text, "--vaddr", ipvs.VirtualAddress);
        Port(text, "--vport", ipvs.VirtualPort);
        if (ipvs.OriginalDirection is { } original) text.Append(original ? " --vdir ORIGINAL" : " --vdir REPLY");
        if (ipvs.Method is { } method) text.Option("--vmethod", ipvs.MethodInverted).Word(method switch { 0 => "MASQ", 2 => "IPIP", 3 => "GATE", _ => "UNKNOWN" });
        Port(text, "--vportctl", ipvs.ControlPort);
    }
}
