// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Matches of the packet itself; what looks into its contents cannot be told.</summary>
internal static class XtPacketMatches
{
    private const string Contents = "the contents of the packet";

    public static XtAnswer Answer(EvaluationRun run, Expression match)
    {
        var packet = run.State;
        return match switch
        {
            XtLength length => XtAnswer.Of(packet.Packet.Length, known => (known >= length.From && known <= length.To) != length.Inverted, "the length of the packet"),
            XtPktType type => XtAnswer.Of(packet.PacketType, known => (known == type.Type) != type.Inverted, "the packet type"),
            XtDscp dscp => XtAnswer.Of(packet.TrafficClass, known => (known >> 2 == dscp.Dscp) != dscp.Inverted, "DSCP"),
            XtTos tos => XtAnswer.Of(packet.TrafficClass, known => ((known & tos.Mask) == tos.Value) != tos.Inverted, "TOS"),
            XtTtl ttl => XtAnswer.Of(packet.HopLimit, known => Compare(known, ttl), "the hop limit"),
            XtEcn ecn => Ecn(packet, ecn),
            XtMac mac => Mac(run, mac),
            XtPolicy policy => Ipsec(packet, policy),
            XtAh or XtEsp or XtIpcomp => Security(packet, match),
            XtFrag or XtRt or XtOptions or XtMobility => ExtensionHeader(packet, match),
            XtIpvs => XtAnswer.Unknown("whether IPVS has to do with it"),
            XtSocket => XtAnswer.Unknown("whether a local socket would take it"),
            XtString or XtU32 or XtBpf => XtAnswer.Unknown(Contents),
            XtTcpMss when packet.Protocol != IpProtocols.Tcp => XtAnswer.No,
            XtTcpMss => XtAnswer.Unknown("TCP options"),
            XtConnbytes => XtAnswer.Unknown("the counters of the connection"),
            _ => XtAnswer.Unknown("what this match looks at"),
        };
    }

    public static XtAnswer Mark(Bits32 mark, uint value, uint mask, string missing) =>
        ((mark.Value ^ value) & mask & mark.Known) != 0 || (value & ~mask) != 0 ? XtAnswer.No : (mask & ~mark.Known) == 0 ? XtAnswer.Yes : XtAnswer.Unknown(missing);

    private static bool Compare(byte value, XtTtl ttl) => ttl.Comparison switch
    {
        XtComparison.Equal => value == ttl.Value,
        XtComparison.NotEqual => value != ttl.Value,
        XtComparison.Less => value < ttl.Value,
        _ => value > ttl.Value,
    };

    private static XtAnswer Ecn(PacketState packet, XtEcn ecn)
    {
        const byte ip = 1, ece = 0x10, cwr = 0x20;
        var answer = XtAnswer.Yes;
        if ((ecn.Operation & ip) != 0) answer = XtAnswer.Of(packet.TrafficClass, tos => ((tos & 3) == ecn.IpEct) != ((ecn.Inverted & ip) != 0), "ECN");
        if ((ecn.Operation & (ece | cwr)) == 0) return answer;
        if (packet.Protocol != IpProtocols.Tcp) return XtAnswer.No;
        var flags = packet.Transport.Byte(13);
        if ((ecn.Operation & ece) != 0) answer = answer.And(XtAnswer.Of(flags, known => ((known & 0x40) != 0) != ((ecn.Inverted & ece) != 0), "TCP flags"));
        if ((ecn.Operation & cwr) != 0) answer = answer.And(XtAnswer.Of(flags, known => ((known & 0x80) != 0) != ((ecn.Inverted & cwr) != 0), "TCP flags"));
        return answer;
    }

    private static XtAnswer Mac(EvaluationRun run, XtMac mac)
    {
        if (run.Input is { Type: 65534 } || !run.HasInput) return XtAnswer.No;
        return run.State.Packet.LinkLayer is { Source.Length: 6 } link ? XtAnswer.Of((link.Source == mac.Source) != mac.Inverted) : XtAnswer.Unknown("the sender's MAC address");
    }

    private static XtAnswer Ipsec(PacketState packet, XtPolicy policy)
    {
        const ushort none = 4;
        return packet.Packet.Ipsec switch
        {
            false => XtAnswer.Of((policy.Flags & none) != 0),
            true when (policy.Flags & none) != 0 => XtAnswer.No,
            _ => XtAnswer.Unknown("the IPsec states"),
        };
    }

    private static XtAnswer Security(PacketState packet, Expression match)
    {
        var protocol = match switch { XtAh => 51, XtEsp => 50, _ => 108 };
        return packet.Protocol == protocol ? XtAnswer.Unknown("the security parameters index") : XtAnswer.No;
    }

    /// <summary>The packet has no extension header but a fragment's.</summary>
    private static XtAnswer ExtensionHeader(PacketState packet, Expression match) => match is XtFrag && packet.Packet.Fragment != FragmentPart.None
        ? XtAnswer.Unknown("the fragment header")
        : match is XtMobility && packet.Protocol == 135 ? XtAnswer.Unknown("the mobility header") : XtAnswer.No;
}
