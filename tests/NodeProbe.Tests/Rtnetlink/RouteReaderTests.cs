// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink;
using KubeWgDiag.NodeProbe.Rtnetlink.Routes;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

public sealed class RouteReaderTests
{
    [Fact]
    public void Decode_RouteWithMetrics_GivesEveryField()
    {
        // rtmsg: family 2, dst len 24, src len 0, tos 0, table 252 (see RTA_TABLE), protocol 80, scope 0, type 1, flags 0
        //  15 RTA_TABLE 51820
        //   1 RTA_DST 10.244.1.0
        //   6 RTA_PRIORITY 100
        //   8 RTA_METRICS (nested)
        //       1 RTAX_LOCK 4
        //       2 RTAX_MTU 1280
        //   7 RTA_PREFSRC 10.5.0.1
        //   5 RTA_GATEWAY 10.1.0.254
        //   4 RTA_OIF 4
        var route = Decode("""
            02180000 fc500001 00000000
            08000f00 6cca0000
            08000100 0af40100
            08000600 64000000
            14000880 08000100 04000000 08000200 00050000
            08000700 0a050001
            08000500 0a0100fe
            08000400 04000000
            """, out var unknown).ShouldNotBeNull();
        route.NextHops.ShouldBe([new NextHopFact(4, IpAddr.Parse("10.1.0.254"))]);
        route.ShouldBe(new RouteFact
        {
            Destination = IpPrefix.Parse("10.244.1.0/24"),
            Table = 51820,
            Type = RouteType.Unicast,
            Protocol = 80,
            Metric = 100,
            PreferredSource = IpAddr.Parse("10.5.0.1"),
            Mtu = 1280,
            MetricLocks = 4,
            NextHops = route.NextHops,
        });
        unknown.ShouldBe(0);
    }

    [Fact]
    public void Decode_MultipathRoute_GivesEveryHop()
    {
        // rtmsg: family 2, dst len 0, table 254, type 1
        //   9 RTA_MULTIPATH
        //       rtnexthop: length 16, flags 0,  weight 1, index 4;  5 RTA_GATEWAY 10.1.0.254
        //       rtnexthop: length 8,  flags 16 (linkdown), weight 0, index 8
        //       rtnexthop: length 28, flags 0,  weight 0, index 5;  18 RTA_VIA AF_INET6 fd00::fe (length 22, padded to 24 but here not)
        var route = Decode("""
            02000000 fe030001 00000000
            3a000900
            10000001 04000000 08000500 0a0100fe
            08001000 08000000
            1e000000 05000000 16001200 0a00 fd0000000000000000000000000000fe
            """, out var unknown).ShouldNotBeNull();
        route.Destination.ShouldBe(IpPrefix.Default(IpFamily.IPv4));
        route.NextHops.ShouldBe([
            new NextHopFact(4, IpAddr.Parse("10.1.0.254"), Weight: 2),
            new NextHopFact(8, null, Dead: true, Weight: 1, Flags: 16),
            new NextHopFact(5, IpAddr.Parse("fd00::fe"), Weight: 1)]);
        unknown.ShouldBe(0);
    }

    [Theory]
    [InlineData("0000")] // shorter than a header
    [InlineData("04000000 04000000")] // length below the header
    [InlineData("40000000 04000000")] // longer than the rest
    public void Decode_BrokenMultipath_IsCounted(string hops)
    {
        var bytes = Wire.Join(Wire.Hex("02000000 fe030001 00000000"), Wire.Attribute(9, Wire.Hex(hops)));
        var unknown = 0;
        Decode(bytes, ref unknown).ShouldNotBeNull().NextHops.ShouldBeEmpty();
        unknown.ShouldBe(1);
    }

    [Fact]
    public void Read_ClonedException_IsNoRoute()
    {
        // flags 0x200 = RTM_F_CLONED: a path MTU that IPv6 learnt
        using var connection = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(
            Wire.Done(), Wire.Join(Wire.Message(24, NetlinkConstants.FlagMulti, Wire.Hex("0a800000 fe020001 00020000")), Wire.Done())));
        var reading = RouteReader.Read(connection, TestDeadline.Far, RouteInterest.None);
        reading.Value.ShouldNotBeNull().ShouldBeEmpty();
        reading.Seen.ShouldBeNull();
        reading.Unknown.ShouldBe(0);
    }

    [Fact]
    public void Decode_Unreachable6OnLoopback_HasNoHop()
    {
        // rtmsg: family 10, dst len 16, table 254, type 7;  1 RTA_DST fd67::;  4 RTA_OIF 1
        var route = Decode("0a100000 fe030007 00000000 14000100 fd670000 00000000 00000000 00000000 08000400 01000000", out _).ShouldNotBeNull();
        route.Type.ShouldBe(RouteType.Unreachable);
        route.NextHops.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0a600000 fe030007 00000000 14000100 00000000 00000000 0000ffff 00000000")] // ::ffff:0:0/96 is not 0.0.0.0/96
    [InlineData("02210000 fe030001 00000000 08000100 0a000000")] // /33
    [InlineData("02200000 fe030001 00000000 06000100 0a000000")] // half an address
    public void Decode_DestinationThatIsNoFact_IsCountedAndLeftOut(string hex)
    {
        Decode(hex, out var unknown).ShouldBeNull();
        unknown.ShouldBe(1);
    }

    [Theory]
    [InlineData(99, RouteType.Unknown)]
    [InlineData(9, RouteType.Throw)]
    public void TypeOf_AnyByte_IsAKnownWord(byte type, RouteType expected) => RouteView.TypeOf(type).ShouldBe(expected);

    [Fact]
    public void Decode_TosOrSourcePrefix_IsThereAndMarked()
    {
        var byTos = Decode("02180008 fe030001 00000000 08000100 0af40500 08000400 04000000", out _).ShouldNotBeNull();
        byTos.OtherSelectors.ShouldBeTrue();
        byTos.Tos.ShouldBe((byte)8);

        // rtmsg: family 10, dst len 0, src len 16;  2 RTA_SRC fd01::
        var bySource = Decode("0a001000 fe030001 00000000 14000200 fd010000 00000000 00000000 00000000 08000400 04000000", out _).ShouldNotBeNull();
        bySource.OtherSelectors.ShouldBeTrue();
        bySource.Source.ShouldBe(IpPrefix.Parse("fd01::/16"));
    }

    [Fact]
    public void Read_RoutesThatOnlyNameNextHopObjects_AreResolved()
    {
        const ushort multi = NetlinkConstants.FlagMulti;
        var transport = new FakeNetlinkTransport().Enqueue(
            Wire.Join(Route(10), Route(1), Route(66), Route(404), Wire.Done()),
            Wire.Done(-97), // a kernel without IPv6
                            // nhmsg: family, scope, protocol, reserved, flags
            Wire.Join(
                Wire.Message(104, multi, new byte[8], Wire.Attribute(1, Wire.U32(1)), Wire.Attribute(5, Wire.U32(4)), Wire.Attribute(6, [10, 1, 0, 254])),
                Wire.Message(104, multi, [2, 0, 0, 0, 16, 0, 0, 0], Wire.Attribute(1, Wire.U32(2)), Wire.Attribute(5, Wire.U32(5))),
                Wire.Message(104, multi, new byte[8], Wire.Attribute(1, Wire.U32(10)), Wire.Attribute(2, Wire.U32(1), [3, 0, 0, 0], Wire.U32(2), [0, 1, 0, 0])),
                Wire.Message(104, multi, new byte[8], Wire.Attribute(1, Wire.U32(66)), Wire.Attribute(4)),
                Wire.Done()));
        using var connection = new NetlinkConnection(transport);

        var reading = RouteReader.Read(connection, TestDeadline.Far, RouteInterest.None);

        var routes = reading.Value.ShouldNotBeNull();
        routes[0].NextHops.ShouldBe([new NextHopFact(4, IpAddr.Parse("10.1.0.254"), Weight: 4), new NextHopFact(5, null, Dead: true, Weight: 257, Flags: 16)]);
        routes[1].NextHops.ShouldBe([new NextHopFact(4, IpAddr.Parse("10.1.0.254"))]);
        routes[2].Type.ShouldBe(RouteType.Blackhole);
        routes[3].NextHops.ShouldBeEmpty();
        reading.Unknown.ShouldBe(1);
    }

    private static byte[] Route(uint nextHop) =>
        Wire.Message(24, NetlinkConstants.FlagMulti, Wire.Hex("02180000 fe030001 00000000"), Wire.Attribute(1, [10, 0, 0, 0]), Wire.Attribute(30, Wire.U32(nextHop)));

    private static RouteFact? Decode(string hex, out int unknown)
    {
        unknown = 0;
        return Decode(Wire.Hex(hex), ref unknown);
    }

    private static RouteFact? Decode(byte[] bytes, ref int unknown) =>
        RouteView.TryRead(bytes, out var route, ref unknown) ? RouteFactBuilder.Build(in route, ref unknown) : null;
}
