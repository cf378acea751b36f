// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink;
using KubeWgDiag.NodeProbe.Rtnetlink.Routes;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

public sealed class RouteLookupTests : IDisposable
{
    private static readonly RouteLookupFact Question =
        new() { Purpose = RouteLookupPurpose.Endpoint, Device = "wg0", Destination = IpAddr.Parse("192.0.2.7"), Mark = 0xca6c };

    private readonly FakeNetlinkTransport _transport = new();

    public void Dispose() => _transport.Dispose();

    [Fact]
    public void Ask_Answered_FillsInTheRoute()
    {
        // rtmsg: family 2, dst len 32, table 254, protocol 0, scope 0, type 1, flags 0x200 (cloned: every lookup answer is)
        //  15 RTA_TABLE 300;  1 RTA_DST;  4 RTA_OIF 4;  7 RTA_PREFSRC 10.1.0.1;  5 RTA_GATEWAY 10.1.0.254;  8 RTA_METRICS { 2 RTAX_MTU 1300 }
        _transport.Enqueue(Wire.Message(24, 0, Wire.Hex("""
            02200000 fe000001 00020000
            08000f00 2c010000 08000100 c0000207 08000400 04000000 08000700 0a010001 08000500 0a0100fe 0c000880 08000200 14050000
            """)));

        Ask(Question).ShouldBe(Question with
        {
            Type = RouteType.Unicast,
            Link = 4,
            Gateway = IpAddr.Parse("10.1.0.254"),
            Source = IpAddr.Parse("10.1.0.1"),
            Table = 300,
            Mtu = 1300,
        });
        // rtmsg: family 2, dst len 32, flags 0x1000 (RTM_F_LOOKUP_TABLE);  1 RTA_DST 192.0.2.7;  16 RTA_MARK 0xca6c
        _transport.Sent[0][16..].ShouldBe(Wire.Hex("02200000 00000000 00100000 08000100 c0000207 08001000 6cca0000"));
    }

    [Fact]
    public void Ask_IPv6WithoutMark_SendsNeitherMarkNorTheFlag()
    {
        _transport.Enqueue(Wire.Error(-101));
        Ask(Question with { Destination = IpAddr.Parse("2001:db8::1"), Mark = 0 });
        _transport.Sent[0][16..].ShouldBe(Wire.Hex("0a800000 00000000 00000000 14000100 20010db8 00000000 00000000 00000001"));
    }

    [Fact]
    public void Ask_Refused_HasTheErrnosName()
    {
        _transport.Enqueue(Wire.Error(-113));
        Ask(Question).ShouldBe(Question with { Error = "EHOSTUNREACH" });
    }

    [Fact]
    public void Ask_AnswerOfAnotherType_IsMalformed()
    {
        _transport.Enqueue(Wire.Message(16, 0, new byte[16]));
        using var connection = new NetlinkConnection(_transport);
        RouteLookup.Ask(connection, Question, TestDeadline.Far, out _).Outcome.ShouldBe(NetlinkOutcome.Malformed);
    }

    [Fact]
    public void Ask_EverySelector_IsInTheRequest()
    {
        _transport.Enqueue(Wire.Error(-95));
        using var connection = new NetlinkConnection(_transport);
        var question = new RouteQuestion
        {
            Destination = IpAddr.Parse("10.0.0.2"),
            Source = IpAddr.Parse("10.0.0.1"),
            InputLink = 3,
            OutputLink = 4,
            Mark = 5,
            Tos = 0x10,
            Protocol = 6,
            SourcePort = 0x1234,
            DestinationPort = 443,
            UserId = 1000,
            FibMatch = true,
        };
        RouteLookup.Ask(connection, question, TestDeadline.Far, out var answer).IsOk.ShouldBeTrue();
        answer.ShouldBe(new RouteAnswer { Errno = 95 });
        // rtmsg: family 2, dst len 32, src len 32, tos 0x10, flags 0x3000 (LOOKUP_TABLE, FIB_MATCH)
        //  1 DST, 2 SRC, 3 IIF, 4 OIF, 16 MARK, 25 UID, 27 IP_PROTO, 28 SPORT and 29 DPORT in network order
        _transport.Sent[0][16..].ShouldBe(Wire.Hex("""
            02202010 00000000 00300000
            08000100 0a000002 08000200 0a000001 08000300 03000000 08000400 04000000 08001000 05000000 08001900 e8030000
            05001b00 06000000 06001c00 12340000 06001d00 01bb0000
            """));
    }

    private RouteLookupFact Ask(RouteLookupFact question)
    {
        using var connection = new NetlinkConnection(_transport);
        RouteLookup.Ask(connection, question, TestDeadline.Far, out var answer).IsOk.ShouldBeTrue();
        return answer;
    }
}
