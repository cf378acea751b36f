// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

public sealed class FlowLookupPlannerTests
{
    private const int Lo = 1, Uplink = 2, Lan = 3, Tunnel = 4, Veth = 5, Other = 6;

    [Fact]
    public void Plan_NetworkBehindTheNode_AsksAsOneOfItsHostsWould()
    {
        var questions = Plan(Space(), "10.2.0.0/24", "10.99.0.2/32").Where(question => question.Purpose == RouteLookupPurpose.Forwarded).ToList();

        questions.Select(question => (question.Prefix!.Value.ToString(), question.Destination.ToString(), question.From!.Value.ToString(), question.InputLink))
            .ShouldBe([("10.2.0.0/24", "10.2.0.1", "10.1.0.2", Lan), ("10.99.0.2/32", "10.99.0.2", "10.1.0.2", Lan)]);
        questions.ShouldAllBe(question => question.Device == "wg0" && question.Mark == 0);
    }

    [Fact]
    public void Plan_NodeIsNotTheFirstHost_AsksAsTheFirst() =>
        Forwarded(Plan(Space(addresses: [(Lan, "10.1.0.2", 24)]), "10.2.0.0/24")).ShouldBe(["10.1.0.1"]);

    [Fact]
    public void Plan_PodsWithRoutesOfTheirOwn_AreNetworksToo()
    {
        var space = Space(addresses: [], routes: [Route("10.244.1.10/32", Veth), Route("10.244.1.11/32", Other, "192.0.2.9"), Route("10.244.1.1/32", Veth, table: 255)]);

        Forwarded(Plan(space, "10.244.2.0/26")).ShouldBe(["10.244.1.10"]);
    }

    [Theory]
    [InlineData(Lo, "10.50.0.1", 24)]
    [InlineData(Uplink, "192.0.2.10", 24)]
    [InlineData(Tunnel, "10.99.0.1", 24)]
    [InlineData(Other, "10.50.0.1", 24)]
    [InlineData(Lan, "10.1.0.1", 32)]
    [InlineData(Lan, "10.1.0.1", 31)]
    [InlineData(Lan, "169.254.7.1", 16)]
    public void Plan_WhereNobodyForwardsFrom_AsksNothing(int link, string address, int length) =>
        Forwarded(Plan(Space(addresses: [(link, address, length)]), "10.2.0.0/24")).ShouldBeEmpty();

    [Fact]
    public void Plan_PrefixThatHoldsTheSender_OrOfTheOtherFamily_IsNotAsked() =>
        Forwarded(Plan(Space(), "10.0.0.0/8", "fd00:2::/64", "0.0.0.0/0", "::/0", "169.254.0.0/16")).ShouldBeEmpty();

    [Theory]
    [InlineData("10.2.0.0/24", "10.2.0.1")]
    [InlineData("10.2.0.7/32", "10.2.0.7")]
    [InlineData("10.99.0.0/24", "10.99.0.2")]
    public void Plan_OutOfTheTunnel_AsksAsSomebodyElseInThePrefix(string prefix, string sender)
    {
        // 10.99.0.1 is the node's own: a packet from it would be a martian whatever the reverse path filter says.
        var question = Plan(Space(addresses: [(Lan, "10.1.0.1", 24), (Tunnel, "10.99.0.1", 24)]), prefix).Single(item => item.Purpose == RouteLookupPurpose.Incoming);

        question.From.ShouldBe(IpAddr.Parse(sender));
        question.Destination.ShouldBe(IpAddr.Parse("10.1.0.1"));
        question.InputLink.ShouldBe(Tunnel);
    }

    [Fact]
    public void Plan_PrefixThatIsOnlyTheNodeItself_IsNotAskedAsASource() =>
        Incoming(Plan(Space(addresses: [(Tunnel, "10.99.0.1", 24)]), "10.99.0.1/32")).ShouldBeEmpty();

    [Fact]
    public void Plan_Ipv6_HasNoReversePathFilter()
    {
        var questions = Plan(Space(addresses: [(Lan, "10.1.0.1", 24), (Lan, "fd00:1::1", 64)]), "fd00:2::/64");

        Incoming(questions).ShouldBeEmpty();
        Forwarded(questions).ShouldBe(["fd00:1::2"]);
    }

    [Fact]
    public void Plan_DeviceThatIsDownOrNotThere_IsNotAsked()
    {
        Plan(Space(tunnelUp: false), "10.2.0.0/24").ShouldBeEmpty();
        FlowLookupPlanner.Plan(Space(), [Device("wg7", "10.2.0.0/24")]).ShouldBeEmpty();
    }

    [Fact]
    public void Plan_ManyNetworksAndPrefixes_StaysSmall()
    {
        var space = Space(addresses: [], routes: [.. Enumerable.Range(1, 100).Select(i => Route($"10.244.1.{i}/32", Veth))]);
        var questions = Plan(space, [.. Enumerable.Range(0, 200).Select(i => $"10.3.{i}.0/24")]);

        // 8 networks, 32 prefixes; without an address of the node nothing can be asked about what comes in.
        questions.Count.ShouldBe(8 * 32);
        questions.ShouldBeUnique();
    }

    private static List<RouteLookupFact> Plan(NamespaceFacts space, params string[] allowedIps) => [.. FlowLookupPlanner.Plan(space, [Device("wg0", allowedIps)])];

    private static IEnumerable<string> Forwarded(IEnumerable<RouteLookupFact> questions) => Senders(questions, RouteLookupPurpose.Forwarded);

    private static IEnumerable<string> Incoming(IEnumerable<RouteLookupFact> questions) => Senders(questions, RouteLookupPurpose.Incoming);

    private static IEnumerable<string> Senders(IEnumerable<RouteLookupFact> questions, RouteLookupPurpose purpose) =>
        questions.Where(question => question.Purpose == purpose).Select(question => question.From!.Value.ToString());

    private static WireGuardDeviceFact Device(string name, params string[] allowedIps) => new()
    {
        Name = name,
        Implementation = WireGuardImplementation.Kernel,
        FirewallMark = 0xca6c,
        Peers = [new WireGuardPeerFact { PublicKey = "a", AllowedIps = [.. allowedIps.Select(IpPrefix.Parse)] }],
    };

    private static RouteFact Route(string destination, int link, string? gateway = null, uint table = 254) => new()
    {
        Destination = IpPrefix.Parse(destination),
        Table = table,
        Type = RouteType.Unicast,
        NextHops = [new NextHopFact(link, gateway is null ? null : IpAddr.Parse(gateway))],
    };

    private static NamespaceFacts Space(
        (int Link, string Address, int Length)[]? addresses = null, RouteFact[]? routes = null, bool tunnelUp = true) => new()
        {
            Id = "net:[1]",
            Name = "host",
            Links = Fact<IReadOnlyList<LinkFact>>(
        [
            new LinkFact { Index = Lo, Name = "lo", Up = true, Loopback = true },
            new LinkFact { Index = Uplink, Name = "eth0", Up = true },
            new LinkFact { Index = Lan, Name = "lan0", Up = true },
            new LinkFact { Index = Tunnel, Name = "wg0", Kind = "wireguard", Up = tunnelUp },
            new LinkFact { Index = Veth, Name = "veth0", Kind = "veth", Up = true },
            new LinkFact { Index = Other, Name = "kube-ipvs0", Kind = "dummy", Up = true },
        ]),
            Addresses = Fact<IReadOnlyList<AddressFact>>(
            [.. (addresses ?? [(Lan, "10.1.0.1", 24)]).Select(item => new AddressFact { Link = item.Link, Address = IpAddr.Parse(item.Address), PrefixLength = item.Length })]),
            Routes = Fact<IReadOnlyList<RouteFact>>([Route("0.0.0.0/0", Uplink, "192.0.2.1"), .. routes ?? []]),
            Rules = Fact<IReadOnlyList<RuleFact>>([]),
            Neighbours = Fact<IReadOnlyList<NeighbourFact>>([]),
            Sysctls = Fact<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>(StringComparer.Ordinal)),
            ProtocolCounters = Fact<IReadOnlyDictionary<string, Counter>>(new Dictionary<string, Counter>(StringComparer.Ordinal)),
            KernelWireGuard = Fact<IReadOnlyList<WireGuardDeviceFact>>([]),
            UserspaceWireGuard = Fact<IReadOnlyList<WireGuardDeviceFact>>([]),
            RouteLookups = Fact<IReadOnlyList<RouteLookupFact>>([]),
        };

    private static Fact<T> Fact<T>(T value)
        where T : class => new() { Source = "x", At = default, Value = value };
}
