// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Commands;
using KubeWgDiag.NodeProbe.Output;
using KubeWgDiag.NodeProbe.Tests.Output;

namespace KubeWgDiag.NodeProbe.Tests.Commands;

public sealed class FactsRoundTripTests
{
    /// <summary>Facts with every optional thing present once and absent once.</summary>
    private static readonly NodeFacts Rich = SampleFacts.Node("node-a", SampleFacts.Namespace(
        SampleFacts.Device(SampleFacts.Peer(1), new WireGuardPeerFact { PublicKey = SampleFacts.Key(2), HasPresharedKey = true, PersistentKeepalive = 25 }) with { OmittedPeers = 3, FirewallMark = 51820 }) with
    {
        Rules = SampleFacts.Read<IReadOnlyList<RuleFact>>([new RuleFact { Family = IpFamily.IPv6, Priority = 5, Action = 1, Mark = 7, From = IpPrefix.Parse("fd00::/8"), Invert = true }]),
        Neighbours = SampleFacts.Read<IReadOnlyList<NeighbourFact>>([new NeighbourFact(2, IpAddr.Parse("fe80::1"), "REACHABLE")]),
        Routes = SampleFacts.Read<IReadOnlyList<RouteFact>>(
        [
            new RouteFact { Destination = IpPrefix.Default(IpFamily.IPv4), Table = 254, Type = RouteType.Unicast, NextHops = [new NextHopFact(2, IpAddr.Parse("192.168.0.1")), new NextHopFact(7, Dead: true)] },
            new RouteFact { Destination = IpPrefix.Parse("10.0.0.0/8"), Table = 254, Type = RouteType.Blackhole, Mtu = 1400 },
        ]),
        ProtocolCounters = SampleFacts.Missing<IReadOnlyDictionary<string, Counter>>(NotAvailableReason.NotPermitted, "EPERM"),
        UapiSocketProblems = [new UapiSocketFact("wg9", UapiSocketProblem.Hung, "no answer within 5 s")],
    });

    [Fact]
    public void Json_WrittenReadAndWritten_IsTheSame()
    {
        var text = FactsText.Of(Rich);
        FactsParser.TryParse(Encoding.UTF8.GetBytes(text), out var nodes, out var problem).ShouldBeTrue(problem?.Reason);
        FactsText.Of(nodes[0]).ShouldBe(text);
        nodes[0].Namespaces[0].Routes.Value![0].NextHops[1].ShouldBe(new NextHopFact(7, Dead: true));
        nodes[0].Namespaces[0].KernelWireGuard.Value![0].Peers[0].Received.ShouldBe(new Counter(123_456, 1_480));
        nodes[0].Namespaces[0].ProtocolCounters.NotAvailable.ShouldBe(new NotAvailable(NotAvailableReason.NotPermitted, "EPERM"));
    }

    [Fact]
    public void Json_WrittenForPeople_LeavesKeysReadable() =>
        FactsText.Of(SampleFacts.Node("n", SampleFacts.Namespace(SampleFacts.Device() with { PublicKey = "a+b/c" }))).ShouldContain("\"a+b/c\"");
}
