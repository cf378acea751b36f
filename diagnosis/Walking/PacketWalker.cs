// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>
/// Walks a packet over one node: out of the namespace that has its source, through the host, its packet filters and its tunnels, until
/// it leaves the node, reaches a socket, or ends. Pure: everything it knows comes from facts and from the routes' oracle.
/// </summary>
public sealed class PacketWalker
{
    /// <summary>More namespaces and tunnels than any real way has; an end to circles.</summary>
    private const int MaxLegs = 16;

    private readonly IReadOnlyList<WalkNamespace> _spaces;
    private readonly NamespaceLinks _links;
    private readonly DateTimeOffset? _now;
    private readonly WalkFilters _filters;

    /// <param name="spaces">The namespaces that were read; the first one is the host's.</param>
    /// <param name="now">The wall clock, for the age of handshakes; null = unknown.</param>
    public PacketWalker(IReadOnlyList<WalkNamespace> spaces, DateTimeOffset? now)
    {
        ArgumentNullException.ThrowIfNull(spaces);
        if (spaces.Count == 0) throw new ArgumentException("there is no host to walk over", nameof(spaces));
        (_spaces, _links, _now) = (spaces, new NamespaceLinks(spaces), now);
        _filters = new WalkFilters(now, new EvaluationOptions { Limits = LimitAssumption.AssumeBelow });
    }

    /// <summary>Walks the packet.</summary>
    public WalkReport Walk(WalkQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var log = new WalkLog { Length = question.Length };
        var end = Start(question, PacketOf(question), log, out var space);
        for (var leg = 0; end is { Outcome: WalkOutcome.Passed, Packet: not null }; leg++)
        {
            if (leg == MaxLegs)
            {
                log.Note(space, WalkStage.Handover, WalkOutcome.Undetermined, "it goes round in circles");
                end = WalkEnd.Undetermined;
                break;
            }

            end = Leave(question, ref space, end, log);
        }

        return WalkSummary.Of(question, end, log.Steps);
    }

    private static FilterPacket PacketOf(WalkQuestion question) => new()
    {
        Source = question.From,
        Destination = question.To,
        Protocol = question.Protocol,
        SourcePort = question.SourcePort,
        DestinationPort = question.DestinationPort,
        IcmpType = question.Protocol switch { 1 => (byte)8, 58 => (byte)128, _ => null }, // echo request
        IcmpCode = question.Protocol is 1 or 58 ? (byte)0 : null,
        TcpFlags = question.Protocol == 6 ? question.State == ConntrackState.New ? (byte)2 : (byte)16 : null, // SYN, ACK
        Length = question.Length,
        Mark = question.Mark,
        Conntrack = new PacketConntrack { State = question.State },
    };

    private WalkEnd Start(WalkQuestion question, FilterPacket packet, WalkLog log, out WalkNamespace space)
    {
        if (_spaces.FirstOrDefault(candidate => candidate.Has(question.From)) is { } own && question.InputInterface is null)
        {
            space = own;
            log.Note(space, WalkStage.Source, WalkOutcome.Passed, $"{question.From} is an address here");
            return Walk(space, log).FromHere(packet);
        }

        space = _spaces[0];
        if (InputLink(question) is not { } input)
        {
            log.Note(space, WalkStage.Source, WalkOutcome.Undetermined, question.InputInterface is { } name
                ? $"there is no device {name}"
                : $"{question.From} is no address here, and no route leads back to it: name the device it comes in by");
            return WalkEnd.Undetermined;
        }

        log.Note(space, WalkStage.Source, WalkOutcome.Passed, $"{question.From} comes in by {input.Name}");
        return Enter(space, input, "", packet, log);
    }

    private LinkFact? InputLink(WalkQuestion question)
    {
        var host = _spaces[0];
        if (question.InputInterface is { } name) return host.Link(name);
        return host.Routes.Ask(new RoutingQuestion(question.From)) is { Error: null, Type: RouteType.Unicast, Link: { } link } ? host.Link(link) : null;
    }

    private WalkEnd Enter(WalkNamespace space, LinkFact input, string bridgePort, FilterPacket packet, WalkLog log)
    {
        if (space.WireGuard(input.Name) is { } tunnel && !new TunnelStage(space, log, _now).Decapsulate(tunnel, packet)) return WalkEnd.Dropped;
        return Walk(space, log).FromDevice(packet, input, bridgePort);
    }

    private WalkEnd Leave(WalkQuestion question, ref WalkNamespace space, WalkEnd end, WalkLog log)
    {
        var packet = end.Packet!;
        if (space.Link(end.Link) is not { } device) return WalkEnd.Undetermined;
        // Mark and connection of one namespace are not seen in the next one (skb_scrub_packet).
        var fresh = packet with { Mark = 0, Conntrack = new PacketConntrack { State = question.State } };
        if (space.WireGuard(device.Name) is { } tunnel)
        {
            return new TunnelStage(space, log, _now).Encapsulate(tunnel, packet) is { } outer
                ? Walk(space, log).FromHere(outer, sourceChosen: false)
                : WalkEnd.Dropped;
        }

        if (device.Loopback) return Enter(space, device, "", packet, log);
        if (_links.OtherEnd(space, device) is var (next, far))
        {
            log.Note(space, WalkStage.Handover, WalkOutcome.Passed, $"{device.Name} hands it to {far.Name} in {next.Name}");
            space = next;
            var input = NamespaceLinks.InputOf(next, far);
            if (!ReferenceEquals(input, far)) log.Note(space, WalkStage.Handover, WalkOutcome.Passed, $"{far.Name} is a port of {input.Name}");
            return Enter(next, input, ReferenceEquals(input, far) ? "" : far.Name, fresh, log);
        }

        if (_links.BehindBridge(space, device, end.NextHop) is var (behind, inner, port))
        {
            log.Note(space, WalkStage.Handover, WalkOutcome.Passed, $"{device.Name} hands it by its port {port.Name} to {inner.Name} in {behind.Name}");
            space = behind;
            return Enter(behind, inner, "", fresh, log);
        }

        log.Note(space, WalkStage.Handover, WalkOutcome.Left, $"leaves by {device.Name} to {end.NextHop}");
        return WalkEnd.Left;
    }

    private NamespaceWalk Walk(WalkNamespace space, WalkLog log) => new(space, log, _filters);
}
