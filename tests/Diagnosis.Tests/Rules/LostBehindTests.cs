// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Between a node that takes packets from a tunnel and the pods they are for.</summary>
public sealed class LostBehindTests
{
    [Theory]
    [InlineData(20UL, 1UL, true)]
    [InlineData(20UL, 19UL, false)]
    [InlineData(2UL, 0UL, false)]
    public void HostMask_NetworkThatPeersLookForHasNoRoute_IsMissing(ulong came, ulong went, bool found)
    {
        var mesh = Layouts.WgQuick(2, new Setup());
        mesh.Session(0, 1);
        mesh.MoveLink(1, rx: came, tx: went);
        mesh.Peer(1, 0).Sent = new(went * 128, went * 128);
        var lan = mesh[1].LinkIndex("lan0");
        mesh[1].Addresses.RemoveAll(address => address.Link == lan);
        mesh[1].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == lan));
        mesh[1].AddAddress(lan, "10.2.0.1/32");
        var cause = mesh.Diagnose().Find("WG-ROUTE-MISSING");
        (cause is not null).ShouldBe(found);
        if (found) cause!.Message.ShouldContain("10.2.0.0/24");
    }

    [Theory]
    [InlineData("PERMANENT", 1UL, true)]
    [InlineData("PERMANENT", 20UL, false)]
    [InlineData("REACHABLE", 1UL, false)]
    public void PodNeighbour_PermanentWhileNothingIsAnswered_IsNamed(string state, ulong went, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup());
        mesh.Session(0, 1);
        mesh.MoveLink(1, rx: 20, tx: went);
        mesh.Peer(1, 0).Sent = new(went * 128, went * 128);
        mesh[1].Neighbours.Add(new NeighbourFact(mesh[1].LinkIndex("cni0"), IpAddr.Parse("10.244.1.10"), state) { LinkLayerAddress = "02:00:00:00:00:03" });
        var cause = mesh.Diagnose().Find("WG-NEIGH-FAILED");
        (cause is not null).ShouldBe(found);
        if (found) cause!.Subject.Prefixes.ShouldBe([IpPrefix.Parse("10.244.1.10/32")]);
    }

    [Theory]
    [InlineData("cni0", 100U, true)]
    [InlineData("cni0", 15U, false)]
    [InlineData("docker0", 100U, false)]
    public void Queue_TowardsPods_CountsFromATenth(string name, uint dropped, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        if (name == "docker0") mesh[1].AddAddress(mesh[1].AddLink("docker0", "bridge"), "172.17.0.1/16");
        var link = mesh[1].LinkIndex(name);
        mesh[1].ChangeLink(link, one => one with { Counters = TestNode.Flat() with { TxPackets = new Counter(900, 300) } });
        mesh[1].Changes.Add(facts => facts with
        {
            Namespaces = [facts.Namespaces[0] with { TrafficControl = Bent.Fact(new TrafficControlFact { Qdiscs = [new QdiscFact { Link = link, Kind = "tbf", Handle = 1, Parent = uint.MaxValue, Drops = dropped, DropGrowth = dropped }], Filters = [] }) }],
        });
        (mesh.Diagnose().Find("WG-QDISC-DROP") is not null).ShouldBe(found);
    }

    [Theory]
    [InlineData("02:00:00:00:00:33", true)]
    [InlineData("02:00:00:00:00:11", false)]
    public void OuterAddress_OfAnotherNodeToo_IsADuplicateWhereTheNeighbourTableNamesTheWrongOne(string known, bool found)
    {
        var mesh = Layouts.WgQuick(3, new Setup());
        mesh.Session(0, 1);
        mesh.Peer(0, 1).Sent = new(7500, 3000);
        mesh.Peer(1, 0).Received = new(532, 0);
        mesh[1].ChangeLink(mesh[1].LinkIndex("eth0"), link => link with { HardwareAddress = "02:00:00:00:00:11" });
        mesh[2].ChangeLink(mesh[2].LinkIndex("eth0"), link => link with { HardwareAddress = "02:00:00:00:00:33" });
        mesh[2].AddAddress(mesh[2].LinkIndex("eth0"), "192.0.2.11/32");
        mesh[0].Neighbours.Add(new NeighbourFact(mesh[0].LinkIndex("eth0"), IpAddr.Parse("192.0.2.11"), "REACHABLE") { LinkLayerAddress = known });
        var cause = mesh.Diagnose().Find("WG-ADDR-DUPLICATE");
        (cause is not null).ShouldBe(found);
        if (found) cause!.Subject.Node.ShouldBe("site-002");
    }

    [Fact]
    public void LongPackets_DroppedByARuleThatLetsShortOnesPass_AreAForwardDrop()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        foreach (var state in new[] { WalkState.New, WalkState.Established })
        {
            mesh[1].Walks.Add(new WalkFact
            {
                Purpose = WalkPurpose.LongIn,
                Device = "wg-pods",
                Family = IpFamily.IPv4,
                States = [state],
                Result = WalkResult.Dropped,
                Count = 1,
                Local = IpPrefix.Parse("10.244.1.0/24"),
                Packet = new WalkPacket(IpAddr.Parse("10.244.0.1"), IpAddr.Parse("10.244.1.2"), 1, Input: "wg-pods"),
                Stop = new WalkStop(WalkStopKind.FilterRule, "dropped", Rule: new WalkRule { Backend = NetfilterBackend.NfTables, Family = NetfilterFamily.Inet, Table = "sizes", Chain = "f", Handle = 2, Text = "meta length > 1000 drop" }),
            });
        }

        mesh.Diagnose().ShouldHaveOne("WG-NFT-FORWARD-DROP", "node-001").Finding.Message.ShouldContain("as soon as it is long");
    }
}
