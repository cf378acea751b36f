// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Asks the routes of one namespace, and says which rule and route decided.</summary>
internal sealed class RoutingStage(WalkNamespace space, WalkLog log)
{
    /// <summary>The kernel's answer for a packet; null when it goes nowhere, which is noted.</summary>
    public RoutingAnswer? Run(FilterPacket packet, int? input, bool sourceChosen = true)
    {
        var question = QuestionOf(packet, input, sourceChosen);
        if (space.Routes.Ask(question) is not { } answer)
        {
            log.Note(space, WalkStage.Routing, WalkOutcome.Undetermined, $"the route to {packet.Destination} could not be asked");
            log.Decisions.Add(new WalkDecision(space, WalkOutcome.Undetermined, WalkStopKind.NoRoute, $"the route to {packet.Destination}, which could not be asked"));
            return null;
        }

        var rule = answer.Table is { } table ? RuleSearch.Find(space, question, table) : null;
        var by = rule is null ? null : $"rule {RoutingText.Of(rule)}";
        if (answer.Error is { } error)
        {
            log.Drop(space, WalkStage.Routing, Refusal(packet, error, input), by, kind: KindOf(packet, error, input));
            return null;
        }

        if (answer.Type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw)
        {
            log.Drop(space, WalkStage.Routing, $"{Matched(answer)} is {answer.Type.ToString().ToLowerInvariant()}", by, kind: KindOf(answer.Type));
            return null;
        }

        log.Note(space, WalkStage.Routing, WalkOutcome.Passed, Describe(answer), by);
        return answer;
    }

    private static RoutingQuestion QuestionOf(FilterPacket packet, int? input, bool sourceChosen) => new(
        packet.Destination,
        sourceChosen ? packet.Source : null,
        input,
        Mark: packet.Mark ?? 0,
        Protocol: packet.Protocol,
        SourcePort: packet.SourcePort,
        DestinationPort: packet.DestinationPort);

    private string Describe(RoutingAnswer answer)
    {
        var device = answer.Link is { } index ? space.Link(index) : null;
        var name = device?.Name ?? answer.Link?.ToString(CultureInfo.InvariantCulture) ?? "no device";
        if (answer.Type is RouteType.Local or RouteType.Broadcast or RouteType.Anycast or RouteType.Multicast)
            return $"{Matched(answer)}: for this host ({answer.Type.ToString().ToLowerInvariant()})";
        var via = answer.Gateway is { } gateway ? $" via {gateway}" : "";
        var mtu = answer.Mtu ?? device?.Mtu;
        return string.Create(CultureInfo.InvariantCulture, $"{Matched(answer)}{via} dev {name}{(mtu is > 0 ? $" mtu {mtu}" : "")}");
    }

    private static string Matched(RoutingAnswer answer)
    {
        var prefix = answer.Matched is { } matched ? matched.IsDefault ? "default" : matched.ToString() : "the route";
        return answer.Table is { } table ? $"{prefix} in table {RoutingText.Table(table)}" : prefix;
    }

    private static WalkStopKind KindOf(RouteType type) => type switch
    {
        RouteType.Blackhole => WalkStopKind.Blackhole,
        RouteType.Prohibit => WalkStopKind.Prohibit,
        _ => WalkStopKind.Unreachable,
    };

    private WalkStopKind KindOf(FilterPacket packet, string error, int? input) => error switch
    {
        "EXDEV" => WalkStopKind.ReversePath,
        "EACCES" => WalkStopKind.Prohibit,
        "EINVAL" when input is null => WalkStopKind.Blackhole,
        "EINVAL" => WalkStopKind.Martian,
        "EHOSTUNREACH" when input is { } link && space.Link(link) is { } device && ForwardingStage.IsOff(space, packet.Family, device) => WalkStopKind.ForwardingOff,
        "ENETUNREACH" => WalkStopKind.NoRoute,
        "EHOSTUNREACH" => input is null ? WalkStopKind.Unreachable : WalkStopKind.NoRoute,
        _ => WalkStopKind.Other,
    };

    // net/ipv4/fib_frontend.c and route.c: what each refusal of a lookup with an incoming device stands for.
    private string Refusal(FilterPacket packet, string error, int? input)
    {
        var device = input is { } index ? space.Link(index)?.Name : null;
        return error switch
        {
            "ENETUNREACH" => $"no route to {packet.Destination}",
            "EXDEV" => $"reverse path filter: {packet.Source} must not come in by {device}",
            "EINVAL" when device is not null => $"{packet.Source} is no source that may come in by {device} (martian)",
            "EHOSTUNREACH" when device is not null => $"{packet.Destination} is not reachable for packets from {device}: forwarding is off, or no route",
            _ => $"the kernel refuses a route to {packet.Destination}: {error}",
        };
    }
}
