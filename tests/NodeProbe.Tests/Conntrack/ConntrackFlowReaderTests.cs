// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Conntrack;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Conntrack;

public sealed class ConntrackFlowReaderTests
{
    private const ConntrackStatus Unanswered = ConntrackStatus.Confirmed;
    private static readonly IpEndpoint Endpoint = new(IpAddr.Parse("192.0.2.1"), 51821);

    [Fact]
    public void Read_Request_AsksForBothFamiliesWithoutAnyFilter()
    {
        var transport = new FakeNetlinkTransport().Enqueue(Wire.Done());
        using var connection = new NetlinkConnection(transport);
        ConntrackFlowReader.Read(connection, [], new ConntrackLimits(), TestDeadline.Far).Value.ShouldNotBeNull();
        // length 20, type 0x101, NLM_F_REQUEST | NLM_F_DUMP, sequence 1, port id, nfgenmsg {0, 0, 0}
        transport.Sent.ShouldHaveSingleItem().ShouldBe(Wire.Hex("14000000 0101 0103 01000000 92100000 00000000"));
    }

    [Fact]
    public void Read_FlowsOfEveryKind_KeepsWhatConcernsTunnelsAndCountsAll()
    {
        var flows = Read(
            CtWire.Udp(1, "198.51.100.7", 51820, "192.0.2.1", 51821), // we to the endpoint
            CtWire.Udp(2, "192.0.2.77", 4000, "198.51.100.7", 51820, status: Unanswered), // a stranger to our listen port
            CtWire.Udp(3, "10.0.0.1", 5000, "192.0.2.1", 51821), // another source to the endpoint
            CtWire.Udp(4, "10.0.0.1", 51821, "10.0.0.2", 53), // only the port is the endpoint's
            CtWire.Udp(5, "10.0.0.1", 5000, "10.0.0.2", 53, ("10.244.1.9", 53, "10.0.0.1", 5000)), // translated into AllowedIPs
            CtWire.Tcp(6, "10.244.1.1", "10.0.0.2", 3),
            CtWire.Tcp(7, "fd00::1", "fd01::1", 3));
        flows.Outer.Select(flow => flow.Id).ShouldBe([2u, 1u, 3u]);
        flows.Inner.Select(flow => flow.Id).ShouldBe([5u, 6u]);
        (flows.Seen, flows.OuterSeen, flows.InnerSeen).ShouldBe((7, 3, 2));
        flows.Counts.Sum(count => count.Entries).ShouldBe(7);
        flows.Counts.ShouldContain(new ConntrackCount(IpFamily.IPv4, true, ConntrackNat.None, false, 1, 17));
        flows.Counts.ShouldContain(new ConntrackCount(IpFamily.IPv4, false, ConntrackNat.Destination, false, 1, 17));
        flows.Counts.ShouldContain(new ConntrackCount(IpFamily.IPv6, false, ConntrackNat.None, false, 1, 6, "ESTABLISHED"));
    }

    [Fact]
    public void Read_MoreThanTheLimit_KeepsTheBrokenLookingOnesFirst()
    {
        var datagrams = Enumerable.Range(0, 50).Select(i => CtWire.Tcp((uint)i, "10.244.0.1", $"10.0.0.{i}", 3))
            .Append(CtWire.Tcp(100, "10.244.0.1", "10.0.1.1", 1, Unanswered))
            .Concat(Enumerable.Range(200, 50).Select(i => CtWire.Tcp((uint)i, "10.244.0.1", $"10.0.2.{i}", 3)))
            .Append(CtWire.Tcp(101, "10.244.0.1", "10.0.1.2", 2, ConntrackStatus.Confirmed | ConntrackStatus.SeenReply))
            .Append(CtWire.Tcp(102, "10.244.0.1", "10.0.1.3", 3, ConntrackStatus.Confirmed | ConntrackStatus.SeenReply))
            .Append(CtWire.Udp(103, "10.244.0.1", 5, "10.0.1.3", 53, ("10.0.1.3", 53, "203.0.113.1", 5), Unanswered));
        var flows = Read(new ConntrackLimits { Inner = 6 }, [.. datagrams]);
        flows.Inner.Select(flow => flow.Id).ShouldBe([103u, 100u, 101u, 102u, 0u, 1u]);
        flows.InnerSeen.ShouldBe(104);
    }

    [Fact]
    public void Read_EntryShownTwice_IsKeptOnce()
    {
        var entry = CtWire.Tcp(1, "10.244.0.1", "10.0.0.1", 3);
        var flows = Read(entry, CtWire.Tcp(2, "10.244.0.1", "10.0.0.1", 3), entry, CtWire.Udp(1, "10.244.0.1", 1, "10.0.0.1", 2, zone: 5));
        flows.Inner.Count.ShouldBe(3);
        flows.Seen.ShouldBe(4);
        flows.Zones.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, long>("5", 1));
    }

    [Fact]
    public void Read_Paths_AreKeptLikeAllowedIps()
    {
        var limits = new ConntrackLimits { Paths = [(IpPrefix.Parse("172.16.0.0/16"), IpPrefix.Parse("172.17.0.1/32"))] };
        var flows = Read(
            limits,
            CtWire.Tcp(1, "172.16.3.3", "172.17.0.1", 3),
            CtWire.Tcp(2, "172.17.0.1", "172.16.3.3", 3),
            CtWire.Tcp(3, "172.16.3.3", "172.17.0.2", 3),
            CtWire.Udp(4, "172.16.3.3", 5, "10.96.0.10", 53, ("172.17.0.1", 53, "172.16.3.3", 5)));
        flows.Inner.Select(flow => flow.Id!.Value).Order().ShouldBe([1u, 2u, 4u]);
    }

    [Fact]
    public void Read_TimeIsOver_SaysThatItIsNotComplete()
    {
        using var connection = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(CtWire.Tcp(1, "10.244.0.1", "10.0.0.1", 3)));
        var reading = ConntrackFlowReader.Read(connection, [Device], new ConntrackLimits(), TestDeadline.Far);
        reading.Value.ShouldNotBeNull().Complete.ShouldBeFalse();
        reading.Seen.ShouldBe(1);
        using var silent = new NetlinkConnection(new FakeNetlinkTransport());
        ConntrackFlowReader.Read(silent, [Device], new ConntrackLimits(), TestDeadline.Far).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.TimedOut);
    }

    [Fact]
    public void Read_Refused_SaysWhy()
    {
        using var connection = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(Wire.Error(-1)));
        ConntrackFlowReader.Read(connection, [], new ConntrackLimits(), TestDeadline.Far).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPermitted);
    }

    [Fact]
    public void EndpointNat_OfFlowsInBothDirections_IsWhatTheWorldSees()
    {
        var flows = Read(
            CtWire.Udp(1, "198.51.100.7", 51820, "192.0.2.1", 51821, ("192.0.2.1", 51821, "203.0.113.5", 1024)),
            // The peer came first, and was redirected to us.
            CtWire.Udp(2, "192.0.2.1", 51821, "203.0.113.9", 51820, ("198.51.100.7", 51820, "192.0.2.1", 51821), Unanswered, zone: 3),
            // Another program to the same endpoint: none of the device's.
            CtWire.Udp(3, "198.51.100.7", 5000, "192.0.2.1", 51821));
        flows.EndpointNat.OrderBy(nat => nat.FlowId).ShouldBe(
            [
                New(ConntrackInitiator.Device, "203.0.113.5:1024") with { FlowId = 1, ReplySeen = true },
                New(ConntrackInitiator.Peer, "203.0.113.9:51820") with { FlowId = 2, Zone = 3 },
            ],
            new WithoutSigns());
        flows.EndpointNat.Single(nat => nat.FlowId == 1).Signs.ShouldBe([EndpointNatSign.SeveralZones, EndpointNatSign.DifferentNat]);
        flows.EndpointNat.Single(nat => nat.FlowId == 2).Signs.ShouldBe([EndpointNatSign.Unreplied, EndpointNatSign.SeveralZones, EndpointNatSign.DifferentNat]);
    }

    [Fact]
    public void EndpointNat_OfAHealthyFlow_HasNoSigns()
    {
        var nat = Read(CtWire.Udp(1, "198.51.100.7", 51820, "192.0.2.1", 51821)).EndpointNat.ShouldHaveSingleItem();
        nat.Signs.ShouldBeEmpty();
        nat.SourceAfterNat.ShouldBe(nat.Source);
        nat.EndpointAfterNat.ShouldBe(Endpoint);
    }

    private static EndpointNatFact New(ConntrackInitiator initiator, string translated)
    {
        var colon = translated.IndexOf(':', StringComparison.Ordinal);
        return new EndpointNatFact
        {
            Device = "wg0",
            Endpoint = Endpoint,
            Source = new IpEndpoint(IpAddr.Parse("198.51.100.7"), 51820),
            SourceAfterNat = new IpEndpoint(IpAddr.Parse(translated[..colon]), ushort.Parse(translated[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture)),
            EndpointAfterNat = Endpoint,
            Initiator = initiator,
            TimeoutSeconds = 100,
        };
    }

    private static ConntrackFlows Read(params byte[][] entries) => Read(new ConntrackLimits(), entries);

    private static ConntrackFlows Read(ConntrackLimits limits, params byte[][] entries)
    {
        var transport = new FakeNetlinkTransport();
        foreach (var chunk in entries.Chunk(20)) transport.Enqueue(Wire.Join(chunk));
        using var connection = new NetlinkConnection(transport.Enqueue(Wire.Done()));
        Reading<ConntrackFlows> reading = ConntrackFlowReader.Read(connection, [Device], limits, TestDeadline.Far);
        reading.Unknown.ShouldBe(0);
        return reading.Value.ShouldNotBeNull();
    }

    private static WireGuardDeviceFact Device => new()
    {
        Name = "wg0",
        Implementation = WireGuardImplementation.Kernel,
        ListenPort = 51820,
        Peers = [new WireGuardPeerFact { PublicKey = "a", Endpoint = Endpoint, AllowedIps = [IpPrefix.Parse("10.244.0.0/16"), IpPrefix.Parse("::/0")] }],
    };

    private sealed class WithoutSigns : IEqualityComparer<EndpointNatFact>
    {
        public bool Equals(EndpointNatFact? x, EndpointNatFact? y) => Plain(x) == Plain(y);

        public int GetHashCode(EndpointNatFact obj) => 0;

        private static EndpointNatFact? Plain(EndpointNatFact? fact) => fact is null ? null : fact with { Signs = Array.Empty<EndpointNatSign>() };
    }
}
