// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Matches of the transport header; none matches a later fragment.</summary>
internal static class XtTransportMatches
{
    private const int FlagsOffset = 13;
    private const string Options = "the options of the header";

    public static XtAnswer Answer(EvaluationRun run, XtTcp tcp)
    {
        if (run.State.Protocol != IpProtocols.Tcp) return XtAnswer.No;
        var answer = HasHeader(run).And(Port(run.State.SourcePort, tcp.Source, "the source port")).And(Port(run.State.DestinationPort, tcp.Destination, "the destination port"));
        if (tcp.FlagsMask != 0 || tcp.FlagsCompare != 0 || tcp.FlagsInverted)
            answer = answer.And(XtAnswer.Of(run.State.Transport.Byte(FlagsOffset), flags => (flags & tcp.FlagsMask) == tcp.FlagsCompare != tcp.FlagsInverted, "TCP flags"));
        return tcp.Option is null ? answer : answer.And(XtAnswer.Unknown(Options));
    }

    public static XtAnswer Answer(EvaluationRun run, XtUdp udp) => run.State.Protocol is not (IpProtocols.Udp or IpProtocols.UdpLite)
        ? XtAnswer.No
        : HasHeader(run).And(Port(run.State.SourcePort, udp.Source, "the source port")).And(Port(run.State.DestinationPort, udp.Destination, "the destination port"));

    public static XtAnswer Answer(EvaluationRun run, XtSctp sctp)
    {
        if (run.State.Protocol != IpProtocols.Sctp) return XtAnswer.No;
        var answer = HasHeader(run).And(Port(run.State.SourcePort, sctp.Source, "the source port")).And(Port(run.State.DestinationPort, sctp.Destination, "the destination port"));
        return sctp.ChunkMatch is null ? answer : answer.And(XtAnswer.Unknown("the chunks"));
    }

    public static XtAnswer Answer(EvaluationRun run, XtDccp dccp)
    {
        if (run.State.Protocol != IpProtocols.Dccp) return XtAnswer.No;
        var answer = HasHeader(run).And(Port(run.State.SourcePort, dccp.Source, "the source port")).And(Port(run.State.DestinationPort, dccp.Destination, "the destination port"));
        return dccp.TypeMask is null && dccp.Option is null ? answer : answer.And(XtAnswer.Unknown(Options));
    }

    public static XtAnswer Answer(EvaluationRun run, XtMultiport multiport)
    {
        if (!IpProtocols.HasPorts(run.State.Protocol)) return XtAnswer.No;
        var source = multiport.Side == XtPortSide.Destination ? XtAnswer.No : AnyPort(run.State.SourcePort, multiport.Ports, "the source port");
        var destination = multiport.Side == XtPortSide.Source ? XtAnswer.No : AnyPort(run.State.DestinationPort, multiport.Ports, "the destination port");
        return HasHeader(run).And(source.Or(destination).Invert(multiport.Inverted));
    }

    public static XtAnswer Answer(EvaluationRun run, XtIcmp icmp)
    {
        if (run.State.Protocol != (icmp.Version6 ? IpProtocols.IcmpV6 : IpProtocols.Icmp)) return XtAnswer.No;
        if (!icmp.Version6 && icmp.Type == 255) return HasHeader(run).And(XtAnswer.Of(!icmp.Inverted));
        var type = XtAnswer.Of(run.State.Transport.Byte(0), known => known == icmp.Type, "the ICMP type");
        var code = icmp is { CodeFrom: 0, CodeTo: 255 } ? XtAnswer.Yes : XtAnswer.Of(run.State.Transport.Byte(1), known => known >= icmp.CodeFrom && known <= icmp.CodeTo, "the ICMP code");
        return HasHeader(run).And(type.And(code).Invert(icmp.Inverted));
    }

    private static XtAnswer HasHeader(EvaluationRun run) => XtAnswer.Of(PayloadLoads.HasTransport(run), has => has, "whether it is a later fragment");

    private static XtAnswer Port(ushort? port, XtPortRange? range, string missing) => range is null or { From: 0, To: ushort.MaxValue, Inverted: false }
        ? XtAnswer.Yes
        : XtAnswer.Of(port, known => (known >= range.From && known <= range.To) != range.Inverted, missing);

    private static XtAnswer AnyPort(ushort? port, IReadOnlyList<XtPortRange> ranges, string missing) => XtAnswer.Of(
        port,
        known =>
        {
            foreach (var range in ranges)
            {
                if ((known >= range.From && known <= range.To) != range.Inverted) return true;
            }

            return false;
        },
        missing);
}
