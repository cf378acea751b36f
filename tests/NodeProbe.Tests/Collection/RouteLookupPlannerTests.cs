// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

public sealed class RouteLookupPlannerTests
{
    [Theory]
    [InlineData("10.244.1.7/32", "10.244.1.7")]
    [InlineData("10.244.1.0/24", "10.244.1.1")]
    [InlineData("10.244.1.6/31", "10.244.1.7")]
    [InlineData("fd00::5/128", "fd00::5")]
    [InlineData("fd00:1::/64", "fd00:1::1")]
    public void RepresentativeOf_Prefix_LiesInIt(string prefix, string address)
    {
        RouteLookupPlanner.RepresentativeOf(IpPrefix.Parse(prefix)).ShouldBe(IpAddr.Parse(address));
        IpPrefix.Parse(prefix).Contains(IpAddr.Parse(address)).ShouldBeTrue();
    }

    [Fact]
    public void Plan_Device_AsksForEndpointsWithMarkAndPrefixesWithout()
    {
        var device = Device(
            new WireGuardPeerFact
            {
                PublicKey = "a",
                Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.1"), 51820),
                AllowedIps = [IpPrefix.Parse("10.244.1.0/24"), IpPrefix.Parse("0.0.0.0/0"), IpPrefix.Parse("::/0")],
            },
            new WireGuardPeerFact { PublicKey = "b", Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.1"), 51821) },
            new WireGuardPeerFact { PublicKey = "c", Endpoint = new IpEndpoint(IpAddr.Parse("fe80::1"), 51820) },
            new WireGuardPeerFact { PublicKey = "d" });

        RouteLookupPlanner.Plan([device], out var cut).ShouldBe([
            new RouteLookupFact { Purpose = RouteLookupPurpose.Endpoint, Device = "wg0", Destination = IpAddr.Parse("192.0.2.1"), Mark = 0xca6c },
            new RouteLookupFact
            {
                Purpose = RouteLookupPurpose.AllowedIp,
                Device = "wg0",
                Destination = IpAddr.Parse("10.244.1.1"),
                Prefix = IpPrefix.Parse("10.244.1.0/24"),
            }]);
        cut.ShouldBeFalse();
    }

    [Fact]
    public void Plan_MoreThanTheLimit_IsCut()
    {
        var prefixes = Enumerable.Range(0, RouteLookupPlanner.MaxLookups + 1).Select(i => IpPrefix.Host(IpAddr.FromBits(IpFamily.IPv4, 0x0a000000u + (uint)i)));
        RouteLookupPlanner.Plan([Device(new WireGuardPeerFact { PublicKey = "a", AllowedIps = [.. prefixes] })], out var cut)
            .Count.ShouldBe(RouteLookupPlanner.MaxLookups);
        cut.ShouldBeTrue();
    }

    private static WireGuardDeviceFact Device(params WireGuardPeerFact[] peers) =>
        new() { Name = "wg0", Implementation = WireGuardImplementation.Kernel, FirewallMark = 0xca6c, Peers = peers };
}
