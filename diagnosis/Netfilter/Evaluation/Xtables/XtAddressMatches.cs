// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Matches of addresses and of the routes to them.</summary>
internal static class XtAddressMatches
{
    public static XtAnswer Answer(EvaluationRun run, XtAddrtype type)
    {
        PacketInterface? device = null;
        if (type.LimitInterfaceIn || type.LimitInterfaceOut)
        {
            device = type.LimitInterfaceIn ? run.Input : run.Output;
            if (device is null) return XtAnswer.Unknown("the device");
        }

        var answer = XtAnswer.Yes;
        if (type.Source is { } source) answer = OfType(run, run.State.Source, device, source).Invert(type.SourceInverted);
        if (type.Destination is { } destination) answer = answer.And(OfType(run, run.State.Destination, device, destination).Invert(type.DestinationInverted));
        return answer;
    }

    public static XtAnswer Answer(EvaluationRun run, XtIpRange range)
    {
        var answer = XtAnswer.Yes;
        if (range.Source is { } source) answer = InRange(run.State.Source, source);
        if (range.Destination is { } destination) answer = answer.And(InRange(run.State.Destination, destination));
        return answer;
    }

    /// <summary>An answer to the packet would leave by the device it came in by.</summary>
    public static XtAnswer Answer(EvaluationRun run, XtRpfilter filter)
    {
        var packet = run.State;
        if (packet.Source is not { } source || packet.Destination is not { } destination) return XtAnswer.Unknown("the addresses after a rewrite");
        if (run.Input is not { } input) return XtAnswer.Unknown("the input device");
        if (input.IsLoopback) return XtAnswer.Of(!filter.Inverted);
        if (source is { IsUnspecified: true, Family: IpFamily.IPv4 } && (destination.IsMulticast || destination.Bits == uint.MaxValue)) return XtAnswer.Of(!filter.Inverted);
        uint? mark = filter.ValidMark ? packet.Mark.Whole : 0;
        if (mark is null) return XtAnswer.Unknown("the mark");
        var question = new RouteQuestion(source, destination, mark, null, filter.Loose ? null : input, packet.TrafficClass);
        if (run.Environment.Route(question) is not { } answer) return XtAnswer.Unknown($"the route to {source}");
        var passes = answer.Type == RouteType.Unicast || (answer.Type == RouteType.Local && filter.AcceptLocal);
        return XtAnswer.Of(passes != filter.Inverted);
    }

    private static XtAnswer OfType(EvaluationRun run, IpAddr? address, PacketInterface? device, XtAddressTypes types)
    {
        if (address is not { } known) return XtAnswer.Unknown("the address after a rewrite");
        if (known.Family == IpFamily.IPv6 && !NeedsRoute6(known, types, out var decided)) return XtAnswer.Of(decided);
        return run.Environment.AddressType(known, device) is { } type
            ? XtAnswer.Of(((int)types & (1 << (int)type)) != 0)
            : XtAnswer.Unknown($"the type of the address {known}");
    }

    /// <summary>IPv6 asks the routing tables only for local, anycast and unreachable addresses (match_type6).</summary>
    private static bool NeedsRoute6(IpAddr address, XtAddressTypes types, out bool decided)
    {
        decided = false;
        if ((types & XtAddressTypes.Multicast) != XtAddressTypes.None && !address.IsMulticast) return false;
        if ((types & XtAddressTypes.Unicast) != XtAddressTypes.None && (address.IsMulticast || address.IsUnspecified)) return false;
        if ((types & XtAddressTypes.Unspec) != XtAddressTypes.None && !address.IsUnspecified) return false;
        decided = true;
        return (types & (XtAddressTypes.Local | XtAddressTypes.Anycast | XtAddressTypes.Unreachable)) != XtAddressTypes.None;
    }

    private static XtAnswer InRange(IpAddr? address, XtAddressRange range) =>
        XtAnswer.Of(address, known => (known >= range.From && known <= range.To) != range.Inverted, "the address after a rewrite");
}
