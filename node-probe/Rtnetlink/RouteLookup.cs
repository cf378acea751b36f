// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Asks the kernel where one packet would go (RTM_GETROUTE without dump), rules and marks included.</summary>
internal static class RouteLookup
{
    private const ushort RtaDestination = 1;
    private const ushort RtaMark = 16;

    /// <summary>RTM_F_LOOKUP_TABLE: answer with the table that matched. IPv6 always does, and refuses the flag under strict checking.</summary>
    private const uint FlagLookupTable = 0x1000;

    /// <summary>Fills in the answer. A refusal is part of the fact; any other failure is the result.</summary>
    public static NetlinkResult Ask(NetlinkConnection connection, RouteLookupFact question, Deadline deadline, out RouteLookupFact answer)
    {
        var isV4 = question.Destination.Family == IpFamily.IPv4;
        Span<byte> header = stackalloc byte[RtnetlinkTypes.RouteHeaderSize];
        header.Clear();
        header[0] = isV4 ? RtnetlinkTypes.FamilyInet : RtnetlinkTypes.FamilyInet6;
        header[1] = (byte)question.Destination.Width;
        if (isV4) MemoryMarshal.Write(header[8..], FlagLookupTable);
        Span<byte> address = stackalloc byte[16];
        var writer = new NetlinkMessageWriter(stackalloc byte[96], RtnetlinkTypes.GetRoute, flags: 0);
        writer.WriteHeader(header);
        writer.WriteAttribute(RtaDestination, address[..question.Destination.WriteNetworkBytes(address)]);
        if (question.Mark != 0) writer.WriteAttribute(RtaMark, question.Mark);

        var handler = new Answer(question);
        var result = connection.Execute(writer.Complete(), handler, deadline);
        answer = result.Outcome == NetlinkOutcome.Refused ? question with { Error = Errno.NameOf(result.Errno) } : handler.Fact;
        if (result.Outcome == NetlinkOutcome.Refused) return default;
        return result.IsOk && !handler.Answered ? new NetlinkResult(NetlinkOutcome.Malformed) : result;
    }

    private sealed class Answer(RouteLookupFact question) : INetlinkMessageHandler
    {
        private RouteLookupFact? _answer;

        public bool Answered => _answer is not null;

        public RouteLookupFact Fact => _answer ?? question;

        public void Begin() => _answer = null;

        public void Handle(in NetlinkMessage message)
        {
            var payload = message.Payload;
            if (message.Type != RtnetlinkTypes.NewRoute || payload.Length < RtnetlinkTypes.RouteHeaderSize) return;
            if (!RtnetlinkAddress.TryFamily(payload[0], out var family)) return;
            var unknown = 0;
            var attributes = RouteAttributes.Read(family, payload[RtnetlinkTypes.RouteHeaderSize..], ref unknown);
            _answer = question with
            {
                Type = RouteReader.TypeOf(payload[7]),
                Link = attributes.Link,
                Gateway = attributes.Gateway,
                Source = attributes.PreferredSource,
                Table = attributes.Table ?? payload[4],
                Mtu = attributes.Mtu,
            };
        }
    }
}
