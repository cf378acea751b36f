// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>Asks the kernel where one packet would go (RTM_GETROUTE without dump): rules, marks, ports and users included.</summary>
internal static class RouteLookup
{
    /// <summary>Header, flags and eleven attributes of which three hold an address.</summary>
    private const int RequestSize = 192;

    /// <summary>Asks; a refusal is an answer, any other failure the result.</summary>
    public static NetlinkResult Ask(NetlinkConnection connection, RouteQuestion question, Deadline deadline, out RouteAnswer answer)
    {
        var handler = new Answer();
        var result = connection.Execute(Write(stackalloc byte[RequestSize], question), handler, deadline);
        if (result.Outcome == NetlinkOutcome.Refused)
        {
            answer = new RouteAnswer { Errno = result.Errno, KernelMessage = result.KernelMessage };
            return default;
        }

        answer = new RouteAnswer { Route = handler.Route };
        return result.IsOk && handler.Route is null ? new NetlinkResult(NetlinkOutcome.Malformed) : result;
    }

    /// <summary>Asks for the way of a fact and fills it in.</summary>
    public static NetlinkResult Ask(NetlinkConnection connection, RouteLookupFact question, Deadline deadline, out RouteLookupFact answer)
    {
        var packet = new RouteQuestion { Destination = question.Destination, Source = question.From, InputLink = question.InputLink, Mark = question.Mark };
        var result = Ask(connection, packet, deadline, out var found);
        answer = found switch
        {
            { Errno: not 0 } => question with { Error = Errno.NameOf(found.Errno) },
            { Route: { } route } => question with
            {
                Type = route.Type,
                Link = found.Hop?.Link,
                Gateway = found.Hop?.Gateway,
                Source = route.PreferredSource,
                Table = route.Table,
                Mtu = route.Mtu,
            },
            _ => question,
        };
        return result;
    }

    private static Span<byte> Write(Span<byte> buffer, RouteQuestion question)
    {
        var isV4 = question.Destination.Family == IpFamily.IPv4;
        Span<byte> header = stackalloc byte[RtnetlinkTypes.RouteHeaderSize];
        header.Clear();
        header[0] = isV4 ? RtnetlinkTypes.FamilyInet : RtnetlinkTypes.FamilyInet6;
        header[1] = (byte)question.Destination.Width;
        header[2] = (byte)(question.Source?.Width ?? 0);
        header[3] = question.Tos;
        var flags = (isV4 ? RouteAttributeTypes.FlagLookupTable : 0) | (question.FibMatch ? RouteAttributeTypes.FlagFibMatch : 0);
        MemoryMarshal.Write(header[8..], flags);
        var writer = new NetlinkMessageWriter(buffer, RtnetlinkTypes.GetRoute, flags: 0);
        writer.WriteHeader(header);
        Span<byte> value = stackalloc byte[16];
        writer.WriteAttribute(RouteAttributeTypes.Destination, value[..question.Destination.WriteNetworkBytes(value)]);
        if (question.Source is { } source) writer.WriteAttribute(RouteAttributeTypes.Source, value[..source.WriteNetworkBytes(value)]);
        if (question.InputLink is { } input) writer.WriteAttribute(RouteAttributeTypes.InputInterface, (uint)input);
        if (question.OutputLink is { } output) writer.WriteAttribute(RouteAttributeTypes.OutputInterface, (uint)output);
        if (question.Mark != 0) writer.WriteAttribute(RouteAttributeTypes.Mark, question.Mark);
        if (question.UserId is { } user) writer.WriteAttribute(RouteAttributeTypes.UserId, user);
        if (question.Protocol is { } protocol)
        {
            value[0] = protocol;
            writer.WriteAttribute(RouteAttributeTypes.IpProtocol, value[..1]);
        }

        WritePort(ref writer, RouteAttributeTypes.SourcePort, question.SourcePort);
        WritePort(ref writer, RouteAttributeTypes.DestinationPort, question.DestinationPort);
        return writer.Complete();
    }

    /// <summary>Ports are in network order, unlike every other number of rtnetlink.</summary>
    private static void WritePort(ref NetlinkMessageWriter writer, ushort type, ushort? port)
    {
        if (port is not { } number) return;
        Span<byte> value = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(value, number);
        writer.WriteAttribute(type, value);
    }

    private sealed class Answer : INetlinkMessageHandler
    {
        public RouteFact? Route { get; private set; }

        public void Begin() => Route = null;

        public void Handle(in NetlinkMessage message)
        {
            var unknown = 0;
            if (message.Type == RtnetlinkTypes.NewRoute && RouteView.TryRead(message.Payload, out var route, ref unknown))
                Route = RouteFactBuilder.Build(in route, ref unknown);
        }
    }
}
