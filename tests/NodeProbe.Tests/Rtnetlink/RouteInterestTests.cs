// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink.Routes;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

public sealed class RouteInterestTests
{
    private const int Tunnel = 9;

    private static readonly RouteInterest Interest = new(
        [IpPrefix.Parse("10.1.0.0/16"), IpPrefix.Parse("10.2.0.0/16"), IpPrefix.Parse("0.0.0.0/0"), IpPrefix.Parse("fd00:1::/32"), IpPrefix.Parse("ffff::/16")],
        [IpAddr.Parse("192.0.2.7"), IpAddr.Parse("255.255.255.255")],
        [Tunnel]);

    [Theory]
    [InlineData("10.1.2.0/24", 3, true)] // inside
    [InlineData("10.0.0.0/8", 3, true)] // around
    [InlineData("10.3.0.0/16", 3, false)] // right behind
    [InlineData("10.0.0.0/16", 3, false)] // right before
    [InlineData("192.0.2.0/24", 3, true)] // holds an endpoint
    [InlineData("192.0.2.8/32", 3, false)]
    [InlineData("255.255.255.255/32", 3, true)]
    [InlineData("172.16.0.0/16", Tunnel, true)]
    [InlineData("0.0.0.0/0", 3, true)]
    [InlineData("fd00:1:2::/48", 3, true)]
    [InlineData("fd00:2::/32", 3, false)]
    [InlineData("ffff:ffff::/32", 3, true)]
    public void Includes_Route_WhenItDecidesAboutATunnel(string destination, int link, bool expected)
    {
        var unknown = 0;
        RouteView.TryRead(Route(IpPrefix.Parse(destination), link), out var route, ref unknown).ShouldBeTrue();
        Interest.Includes(in route).ShouldBe(expected);
    }

    [Fact]
    public void Includes_EveryPairOfRandomPrefixes_AgreesWithOverlap()
    {
        var random = new Random(20260);
        for (var round = 0; round < 200; round++)
        {
            var prefixes = Enumerable.Range(0, 20).Select(_ => Prefix(random)).ToList();
            var interest = new RouteInterest(prefixes, [], []);
            for (var i = 0; i < 50; i++)
            {
                var destination = Prefix(random);
                var unknown = 0;
                RouteView.TryRead(Route(destination, link: 3), out var route, ref unknown).ShouldBeTrue();
                interest.Includes(in route).ShouldBe(prefixes.Exists(destination.Overlaps), $"seed 20260, round {round}, {destination}");
            }
        }

        static IpPrefix Prefix(Random random)
        {
            IpPrefix.TryCreate(IpAddr.FromBits(IpFamily.IPv4, (uint)random.NextInt64(uint.MaxValue) & 0x0fffffff), random.Next(4, 33), out var prefix);
            return prefix;
        }
    }

    [Fact]
    public void Read_MoreRoutesThanTheLimits_KeepsThoseThatDecideAndCountsTheRest()
    {
        var others = Enumerable.Range(0, 500).Select(i => Message(new IpPrefixOf(172, i).Prefix, 3));
        var deciding = Enumerable.Range(0, 8).Select(i => Message(IpPrefix.Parse($"10.1.{i}.0/24"), 3));
        using var connection = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(Wire.Join([.. others]), Wire.Join([.. deciding, Wire.Done()]), Wire.Done()));

        var reading = RouteReader.Read(connection, TestDeadline.Far, Interest, new RouteLimits { Deciding = 5, OthersPerTable = 7, Others = 100 });

        reading.Value.ShouldNotBeNull().Count.ShouldBe(12);
        reading.Value!.Count(route => route.Destination.Overlaps(IpPrefix.Parse("10.1.0.0/16"))).ShouldBe(5);
        reading.Seen.ShouldBe(508);
        reading.Cut.ShouldNotBeNull();
    }

    [Fact]
    public void Read_OnlyOthersLeftOut_CutsNothingThatVerdictsNeed()
    {
        var others = Enumerable.Range(0, 500).Select(i => Message(new IpPrefixOf(172, i).Prefix, 3));
        using var connection = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(Wire.Join([.. others, Wire.Done()]), Wire.Done()));
        var reading = RouteReader.Read(connection, TestDeadline.Far, Interest, new RouteLimits { OthersPerTable = 7 });
        (reading.Value!.Count, reading.Seen, reading.Cut).ShouldBe((7, 500, null));
    }

    private static byte[] Message(IpPrefix destination, int link) => Wire.Message(24, NetlinkConstants.FlagMulti, Route(destination, link));

    private static byte[] Route(IpPrefix destination, int link)
    {
        var address = new byte[destination.Network.Width / 8];
        destination.Network.WriteNetworkBytes(address);
        byte family = destination.Family == IpFamily.IPv4 ? (byte)2 : (byte)10;
        return Wire.Join(
            [family, (byte)destination.Length, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0],
            destination.IsDefault ? [] : Wire.Attribute(1, address),
            Wire.Attribute(4, Wire.I32(link)));
    }

    private readonly record struct IpPrefixOf(int First, int Number)
    {
        public IpPrefix Prefix => IpPrefix.Parse($"{First}.{Number / 256}.{Number % 256}.0/24");
    }
}
