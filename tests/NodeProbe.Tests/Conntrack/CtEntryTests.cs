// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Conntrack;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Conntrack;

public sealed class CtEntryTests
{
    // nfgenmsg: family 2, version 0, resource 0
    // CTA_TUPLE_ORIG  { IP { V4_SRC 10.0.0.1, V4_DST 192.0.2.9 }, PROTO { NUM 6, SRC_PORT 40000, DST_PORT 443 } }
    // CTA_TUPLE_REPLY { IP { V4_SRC 10.1.0.7, V4_DST 203.0.113.5 }, PROTO { NUM 6, SRC_PORT 8443, DST_PORT 1024 } }
    // CTA_STATUS 0x1be (seen reply .. source and destination NAT done), CTA_TIMEOUT 300
    // CTA_PROTOINFO { TCP { STATE 3, WSCALE 7, 9, FLAGS 0x23/0, 0x21/0 } }
    // CTA_COUNTERS_ORIG { PACKETS 10, BYTES 2000 }, _REPLY { 11, 0 }, CTA_TIMESTAMP { START 1.5 s after 1970 }
    // CTA_HELP { NAME "ftp" }, CTA_MARK 0xca6c, CTA_LABELS bit 5 and bit 127, CTA_ID 0xdeadbeef, CTA_USE 2, CTA_ZONE 300
    private const string Tcp = """
        02000000
        34000180 14000180 08000100 0a000001 08000200 c0000209
                 1c000280 05000100 06000000 06000200 9c400000 06000300 01bb0000
        34000280 14000180 08000100 0a010007 08000200 cb007105
                 1c000280 05000100 06000000 06000200 20fb0000 06000300 04000000
        08000300 000001be
        08000700 0000012c
        30000480 2c000180 05000100 03000000 05000200 07000000 05000300 09000000 06000400 23000000 06000500 21000000
        1c000980 0c000100 000000000000000a 0c000200 00000000000007d0
        1c000a80 0c000100 000000000000000b 0c000200 0000000000000000
        10001480 0c000100 0000000059682f00
        0c000580 08000100 66747000
        08000800 0000ca6c
        14001600 20000000 00000000 00000000 00000080
        08000c00 deadbeef
        08000b00 00000002
        06001200 012c0000
        """;

    [Fact]
    public void Decode_TcpFlowWithEverything_GivesEveryField()
    {
        var flow = Decode(Wire.Hex(Tcp), out var unknown).ShouldNotBeNull();
        unknown.ShouldBe(0);
        flow.ShouldBe(new ConntrackFlow
        {
            Id = 0xdeadbeef,
            Original = new ConntrackTuple
            {
                Source = IpAddr.Parse("10.0.0.1"),
                Destination = IpAddr.Parse("192.0.2.9"),
                Protocol = 6,
                SourcePort = 40000,
                DestinationPort = 443,
            },
            Reply = new ConntrackTuple
            {
                Source = IpAddr.Parse("10.1.0.7"),
                Destination = IpAddr.Parse("203.0.113.5"),
                Protocol = 6,
                SourcePort = 8443,
                DestinationPort = 1024,
            },
            Zone = 300,
            Status = ConntrackStatus.SeenReply | ConntrackStatus.Assured | ConntrackStatus.Confirmed | ConntrackStatus.SourceNat
                | ConntrackStatus.DestinationNat | ConntrackStatus.SourceNatDone | ConntrackStatus.DestinationNatDone,
            TimeoutSeconds = 300,
            Mark = 0xca6c,
            OriginalCounters = new ConntrackCounters(10, 2000),
            ReplyCounters = new ConntrackCounters(11, 0),
            Started = DateTimeOffset.UnixEpoch.AddSeconds(1.5),
            State = "ESTABLISHED",
            Tcp = new ConntrackTcp(7, 9, 0x23, 0x21),
            Helper = "ftp",
            Labels = "80000000000000000000000000000020",
            Use = 2,
        });
    }

    [Fact]
    public void Decode_FlowWithTheLeast_LeavesTheRestOut()
    {
        var flow = Decode(CtWire.Payload(CtWire.Ports(1, "fd00::1", 1, "fd01::1", 2), CtWire.Ports(2, "fd01::1", 2, "fd00::1", 1)), out _).ShouldNotBeNull();
        flow.ShouldBe(new ConntrackFlow { Original = flow.Original, Reply = flow.Reply });
        flow.OriginalCounters.ShouldBeNull("absent counters are not zero");
        flow.Original.Source.ShouldBe(IpAddr.Parse("fd00::1"));
    }

    [Fact]
    public void Decode_Icmp_HasTypeCodeAndId()
    {
        byte[] Icmp(int tuple, int first, byte type) => CtWire.Nest(
            tuple,
            tuple == 1 ? CtWire.Addresses("fd00::1", "fd01::1") : CtWire.Addresses("fd01::1", "fd00::1"),
            CtWire.Nest(2, Wire.Attribute(1, [58]), Wire.Attribute((ushort)first, CtWire.B16(77)), Wire.Attribute((ushort)(first + 1), [type]), Wire.Attribute((ushort)(first + 2), [1])));
        var flow = Decode(CtWire.Payload(Icmp(1, 7, 128), Icmp(2, 7, 129)), out var unknown).ShouldNotBeNull();
        flow.Original.Icmp.ShouldBe(new ConntrackIcmp(128, 1, 77));
        flow.Reply.Icmp.ShouldBe(new ConntrackIcmp(129, 1, 77));
        flow.Original.SourcePort.ShouldBeNull();
        unknown.ShouldBe(0);
    }

    [Fact]
    public void Decode_ZoneOfOneDirection_StandsInItsTuple()
    {
        var original = CtWire.Nest(
            1, CtWire.Addresses("10.0.0.1", "10.0.0.2"), CtWire.Nest(2, Wire.Attribute(1, [50])), Wire.Attribute(3, CtWire.B16(9)));
        var reply = CtWire.Nest(2, CtWire.Addresses("10.0.0.2", "10.0.0.1"), CtWire.Nest(2, Wire.Attribute(1, [50])));
        var flow = Decode(CtWire.Payload(original, reply), out _).ShouldNotBeNull();
        flow.Original.Zone.ShouldBe((ushort)9);
        flow.Reply.Zone.ShouldBeNull();
        flow.Zone.ShouldBe((ushort)0);
    }

    [Fact]
    public void Decode_UnknownAndWrongFields_AreCountedAndHarmless()
    {
        var flow = Decode(
            CtWire.Payload(
                CtWire.Ports(1, "10.0.0.1", 1, "10.0.0.2", 2),
                CtWire.Ports(2, "10.0.0.2", 2, "10.0.0.1", 1),
                Wire.Attribute(99, [1, 2, 3]), // unknown
                Wire.Attribute(3, [1]), // a status of one byte
                Wire.Attribute(8, [1, 2]), // a mark of two
                CtWire.Nest(9, Wire.Attribute(1, CtWire.B64(4))), // packets without bytes
                Wire.Attribute(12, CtWire.B32(7))),
            out var unknown).ShouldNotBeNull();
        flow.Id.ShouldBe(7u);
        flow.Mark.ShouldBeNull();
        flow.OriginalCounters.ShouldBeNull();
        unknown.ShouldBe(3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("020000")]
    [InlineData("02000000")]
    [InlineData("02000000 08000300 00000001")]
    public void TryRead_WithoutTwoTuples_IsNoEntry(string hex)
    {
        Decode(Wire.Hex(hex), out var unknown).ShouldBeNull();
        unknown.ShouldBe(1);
    }

    [Fact]
    public void TryRead_TuplesOfTwoFamilies_IsNoEntry()
    {
        Decode(CtWire.Payload(CtWire.Ports(1, "10.0.0.1", 1, "10.0.0.2", 2), CtWire.Ports(2, "fd01::1", 2, "fd00::1", 1)), out _).ShouldBeNull();
        var mixed = CtWire.Nest(
            1, CtWire.Nest(1, Wire.Attribute(1, [10, 0, 0, 1]), Wire.Attribute(4, new byte[16])), CtWire.Nest(2, Wire.Attribute(1, [17])));
        Decode(CtWire.Payload(mixed, CtWire.Ports(2, "10.0.0.2", 2, "10.0.0.1", 1)), out _).ShouldBeNull();
    }

    [Theory]
    [InlineData("10.0.0.2", 2, "10.0.0.1", 1, ConntrackNat.None)]
    [InlineData("10.0.0.2", 2, "10.0.0.9", 1, ConntrackNat.Source)]
    [InlineData("10.0.0.2", 2, "10.0.0.1", 9, ConntrackNat.Source)]
    [InlineData("10.0.0.9", 2, "10.0.0.1", 1, ConntrackNat.Destination)]
    [InlineData("10.0.0.2", 9, "10.0.0.1", 1, ConntrackNat.Destination)]
    [InlineData("10.0.0.9", 2, "10.0.0.9", 1, ConntrackNat.Both)]
    public void Nat_OfReplyAgainstOriginal_SaysWhatIsTranslated(string source, int sourcePort, string destination, int destinationPort, ConntrackNat expected)
    {
        var unknown = 0;
        CtEntry.TryRead(CtWire.Payload(CtWire.Ports(1, "10.0.0.1", 1, "10.0.0.2", 2), CtWire.Ports(2, source, sourcePort, destination, destinationPort)), out var entry, ref unknown)
            .ShouldBeTrue();
        entry.Nat.ShouldBe(expected);
    }

    [Theory]
    [InlineData(6, 1, "SYN_SENT")]
    [InlineData(6, 9, "SYN_SENT2")]
    [InlineData(6, 77, "77")]
    [InlineData(132, 4, "ESTABLISHED")]
    [InlineData(33, 4, "OPEN")]
    [InlineData(17, 255, null)]
    public void NameOf_State_IsThatOfTheProtocol(byte protocol, byte state, string? expected) => CtState.NameOf(protocol, state).ShouldBe(expected);

    private static ConntrackFlow? Decode(byte[] payload, out int unknown)
    {
        unknown = 0;
        return CtEntry.TryRead(payload, out var entry, ref unknown) ? CtFlowDecoder.Decode(in entry, ref unknown) : null;
    }
}
