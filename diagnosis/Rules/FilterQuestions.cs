// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>The few questions to the packet filters on which a verdict about routes or neighbours depends.</summary>
internal static class FilterQuestions
{
    private const byte Udp = 17;
    private const byte Icmp6 = 58;
    private const byte NeighbourSolicitation = 135;
    private const byte NeighbourAdvertisement = 136;

    /// <summary>True when a packet that the node sends into the device may leave with another source; false also when the filters were not read.</summary>
    public static bool MayRewriteSource(DeviceView device, IpAddr source, IpAddr destination)
    {
        if (Evaluator(device.Namespace) is not var (evaluator, environment)) return false;
        var packet = new FilterPacket
        {
            Source = source,
            Destination = destination,
            Protocol = Udp,
            SourcePort = 40000,
            DestinationPort = 33434,
            Length = 84,
            Conntrack = new PacketConntrack { State = ConntrackState.New },
            Output = environment.Device(device.RawName) ?? new PacketInterface { Name = device.RawName },
        };
        var result = evaluator.Evaluate(packet, PacketPath.Output);
        return result.Rewrites is not { } rewrites || rewrites.Any(rewrite => rewrite.Kind is "snat" or "masquerade" or "netmap" or "connection");
    }

    /// <summary>The mark that an answer from a peer's endpoint carries after prerouting, on a connection that the tunnel's mark was saved to; null when unknown.</summary>
    public static uint? MarkOfAnswer(DeviceView device, PeerView peer, IpAddr own, LinkFact uplink)
    {
        if (peer.Endpoint is not { } endpoint || Evaluator(device.Namespace) is not var (evaluator, environment)) return null;
        var packet = new FilterPacket
        {
            Source = endpoint.Address,
            Destination = own,
            Protocol = Udp,
            SourcePort = endpoint.Port,
            DestinationPort = device.Fact.ListenPort,
            Length = 120,
            Conntrack = new PacketConntrack { State = ConntrackState.Established, Reply = true, Mark = device.Fact.FirewallMark },
            Input = environment.Device(uplink.Name),
        };
        return evaluator.EvaluateHook(packet, NetfilterHook.Prerouting).FinalMark;
    }

    /// <summary>
    /// Why neighbour discovery over a link does not get through the filters, in words: the rule or policy that drops it in either direction; null when it gets
    /// through, or nobody can tell.
    /// </summary>
    public static string? NeighbourDiscoveryDrop(NamespaceView ns, LinkFact link, IpAddr own, IpAddr neighbour)
    {
        if (Evaluator(ns) is not var (evaluator, environment)) return null;
        var device = environment.Device(link.Name);
        var packet = new FilterPacket
        {
            Source = neighbour,
            Destination = own,
            Protocol = Icmp6,
            IcmpType = NeighbourAdvertisement,
            IcmpCode = 0,
            HopLimit = 255,
            Length = 72,
            Conntrack = new PacketConntrack { State = ConntrackState.Untracked },
            Input = device,
            Output = device,
        };
        return Drop("input", evaluator.Evaluate(packet, PacketPath.Input))
            ?? Drop("output", evaluator.Evaluate(packet with { Source = own, Destination = neighbour, IcmpType = NeighbourSolicitation }, PacketPath.Output));
    }

    private static string? Drop(string way, FilterResult result) => result.Verdict is FilterVerdict.Dropped or FilterVerdict.Rejected
        ? $"{way}: {(result.Decision is { } rule ? DisplayText.Detail(rule.ToString()) : "dropped")}"
        : null;

    private static (NetfilterEvaluator Evaluator, FactsEnvironment Environment)? Evaluator(NamespaceView ns)
    {
        if (ns.Facts.Netfilter?.Value is not { Tables: not null } filters || ns.Facts.Links?.Value is null || ns.Facts.Addresses is null || ns.Facts.Routes is null || ns.Facts.Rules is null) return null;
        var environment = new FactsEnvironment(ns.Facts, ns.Node.Facts.At);
        return (new NetfilterEvaluator(filters, environment), environment);
    }
}
