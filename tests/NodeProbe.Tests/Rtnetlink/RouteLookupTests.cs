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

    private RouteLookupFact Ask(RouteLookupFact question)
    {
        using var connection = new NetlinkConnection(_transport);
        RouteLookup.Ask(connection, question, TestDeadline.Far, out var answer).IsOk.ShouldBeTrue();
        return answer;
    }
}
