// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Verdicts from what the kernel did with sample packets where no table by itself tells it, and from counters where no rule can be decided.</summary>
public sealed class WalkedWayTests
{
    private static readonly WalkRule Counting = new()
    {
        Backend = NetfilterBackend.Legacy,
        Family = NetfilterFamily.Ipv4,
        Table = "filter",
        Chain = "FORWARD",
        Hook = NetfilterHook.Forward,
        Handle = 1,
        Text = "-m u32 --u32 0x6&0xff=0x1 -j DROP",
        Packets = new Counter(20, 10),
    };

    [Theory]
    [InlineData(WalkStopKind.Prohibit, true)]
    [InlineData(WalkStopKind.Blackhole, true)]
    [InlineData(WalkStopKind.Martian, false)]
    public void OuterPacket_RefusedByARuleForItsPort_HasNoRoute(WalkStopKind kind, bool found)
    {
        var mesh = Layouts.Flannel(3, new Setup()).Talk(1, 2);
        mesh[0].Walks.Add(Walk(mesh, 0, WalkPurpose.OuterOut) with { Result = WalkResult.Dropped, Stop = new WalkStop(kind, "the kernel refuses") });
        var cause = mesh.Diagnose().Find("WG-UNDERLAY-NO-ROUTE");
        (cause is not null).ShouldBe(found);
        if (found) cause!.Evidence.ShouldContain(evidence => evidence.Source == "packet walk");
    }

    [Fact]
    public void InnerPacket_LedOutByAMark_IsARuleThatShadows()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 40, Action = 1, Table = 177, Mark = 0x77, MarkMask = uint.MaxValue });
        mesh[0].Walks.Add(Diverted(mesh, "eth0"));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-RULE-SHADOWED", "node-000");
        cause.Finding.Message.ShouldContain("eth0");
        cause.Finding.Evidence.ShouldContain(evidence => evidence.What == "ip rule" && evidence.Observed.Contains("0x77", StringComparison.Ordinal));
    }

    [Fact]
    public void InnerPacket_LedOutByOneLegOfItsRoute_IsAShadowedRoute()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var index = mesh[0].Routes.FindIndex(route => route.Destination == IpPrefix.Parse("10.244.0.0/16"));
        var own = mesh[0].Routes[index];
        mesh[0].Routes[index] = own with { NextHops = [.. own.NextHops, new(mesh[0].LinkIndex("eth0"), IpAddr.Parse("192.0.2.1"))] };
        mesh[0].Walks.Add(Diverted(mesh, "eth0"));
        mesh.Diagnose().ShouldHaveOne("WG-ROUTE-SHADOWED", "node-000").Finding.Message.ShouldContain("legs");
    }

    [Theory]
    [InlineData("wg-pods", "10.244.0.0/24")]
    [InlineData("cni0", "10.244.0.0/24")]
    [InlineData("eth0", "172.17.0.0/16")]
    public void InnerPacket_LedToATunnelToPodsOrFromAForeignNetwork_IsQuiet(string link, string local)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].Walks.Add(Diverted(mesh, link) with { Local = IpPrefix.Parse(local) });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData((ushort)9999, true)]
    [InlineData((ushort)51820, false)]
    public void OwnOutput_TranslatedToAPortThatIsNotThePeers_IsAHijack(ushort port, bool found)
    {
        var mesh = Layouts.WgQuick(2, new Setup());
        mesh.Peer(0, 1).Sent = new Counter(1000, 444);
        mesh.Device(1).Port.ShouldBe((ushort)51820);
        mesh[0].Walks.Add(Walk(mesh, 0, WalkPurpose.OuterOut) with
        {
            Result = WalkResult.Diverted,
            Nat = new WalkNat("dnat", $"192.0.2.11:{port}", DestinationPort: port, Rule: Counting with { Backend = NetfilterBackend.NfTables, Table = "proxy", Chain = "o", Text = "dnat" }),
        });
        (mesh.Diagnose().Find("WG-PORT-HIJACK-DNAT") is not null).ShouldBe(found);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Route_IntoAnotherTunnel_ShadowsWhenThatOneIsDead(bool dead, bool found)
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        var second = mesh[0].AddDevice("wg7");
        second.Peers.Add(new TestPeer(Keys.Of("77")) { Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.77"), 51907), Sent = new Counter(444, 296), HandshakeAge = dead ? null : 30 }.Allow("10.2.0.10/32"));
        mesh[0].AddRoute("10.2.0.10/32", second.Link);
        (mesh.Diagnose().Find("WG-ROUTE-SHADOWED") is not null).ShouldBe(found);
    }

    [Theory]
    [InlineData(10UL, 11UL, 1UL, true)]
    [InlineData(10UL, 11UL, 11UL, false)]
    [InlineData(10UL, 400UL, 200UL, false)]
    [InlineData(500UL, 11UL, 1UL, false)]
    public void UndecidedRule_CountsWhatTheTunnelDeliversAndNothingComesBack_IsTheCause(ulong dropped, ulong came, ulong went, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup());
        mesh.Session(0, 1);
        mesh.MoveLink(1, rx: came, tx: went);
        foreach (var state in new[] { WalkState.New, WalkState.Established })
        {
            mesh[1].Walks.Add(Walk(mesh, 1, WalkPurpose.InnerIn) with
            {
                States = [state],
                Result = WalkResult.Undetermined,
                Local = IpPrefix.Parse("10.244.1.0/24"),
                Stop = new WalkStop(WalkStopKind.FilterRule, "it depends on u32", Rule: Counting with { Packets = new Counter(900, dropped) }),
            });
        }

        var cause = mesh.Diagnose().Find("WG-NFT-FORWARD-DROP");
        (cause is not null).ShouldBe(found);
        if (found) cause!.Confidence.ShouldBeLessThan(0.8);
    }

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(3000UL, false)]
    public void Router_PermanentEntryBehindWhichNothingArrives_IsNamed(ulong arrived, bool found)
    {
        var mesh = Layouts.WgQuick(2, new Setup());
        mesh.Session(0, 1);
        (mesh.Peer(0, 1).Sent, mesh.Peer(0, 1).Received) = (new(7500, 3000), new(772, 296));
        (mesh.Peer(1, 0).Sent, mesh.Peer(1, 0).Received) = (new(772, 296), new(4532, arrived));
        mesh[1].ProtocolCounters["Udp.InDatagrams"] = new Counter(50, arrived / 128);
        var uplink = mesh[0].LinkIndex("eth0");
        mesh[0].AddRoute("192.0.2.11/32", uplink, via: "192.0.2.1");
        mesh[0].Neighbours.Add(new NeighbourFact(uplink, IpAddr.Parse("192.0.2.1"), "PERMANENT") { LinkLayerAddress = "02:00:00:00:00:02" });
        (mesh.Diagnose().Find("WG-NEIGH-FAILED") is not null).ShouldBe(found);
    }

    [Fact]
    public void YoungSession_OtherEndAsksInVainForANewOne_IsABlockedPath()
    {
        var mesh = Layouts.WgQuick(2, new Setup());
        mesh.Session(0, 1);
        (mesh.Peer(0, 1).Sent, mesh.Peer(0, 1).Received) = (new(7500, 3000), new(772, 296));
        (mesh.Peer(1, 0).Sent, mesh.Peer(1, 0).Received) = (new(772, 296), new(532, 0));
        mesh[1].ProtocolCounters["Udp.InDatagrams"] = new Counter(50, 0);
        mesh.Diagnose().RootCauses[0].Finding.Code.ShouldBe("WG-UDP-BLOCKED-PATH");
    }

    [Theory]
    [InlineData(1UL, true)]
    [InlineData(20UL, false)]
    public void YoungSession_FewerDatagramsThanWereSent_AreOtherPeers(ulong datagrams, bool found)
    {
        var mesh = Layouts.WgQuick(2, new Setup());
        mesh.Session(0, 1);
        (mesh.Peer(0, 1).Sent, mesh.Peer(0, 1).Received) = (new(17500, 8252), new(772, 296));
        (mesh.Peer(1, 0).Sent, mesh.Peer(1, 0).Received) = (new(772, 296), new(532, 0));
        mesh[1].ProtocolCounters["Udp.InDatagrams"] = new Counter(50, datagrams);
        (mesh.Diagnose().Find("WG-UDP-BLOCKED-PATH") is not null).ShouldBe(found);
    }

    [Theory]
    [InlineData(4000UL, 3, false)]
    [InlineData(90000UL, 3, true)]
    [InlineData(4000UL, 100, true)]
    public void PathLoss_ToAnEndThatBeganAnew_IsNoLossOfThePath(ulong ever, double age, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh.Peer(0, 1).Sent = new(20000, 12800);
        mesh.Peer(1, 0).Received = new(ever, 4000);
        mesh.Peer(1, 0).HandshakeAge = age;
        (mesh.Diagnose().Find("WG-PATH-LOSS") is not null).ShouldBe(found);
    }

    private static WalkFact Diverted(TestMesh mesh, string link) => Walk(mesh, 0, WalkPurpose.InnerOut) with
    {
        Result = WalkResult.Diverted,
        Link = link,
        Local = IpPrefix.Parse("10.244.0.0/24"),
        Packet = new WalkPacket(IpAddr.Parse("10.244.0.2"), IpAddr.Parse("10.244.1.2"), 1, Input: "cni0"),
    };

    private static WalkFact Walk(TestMesh mesh, int node, WalkPurpose purpose) => new()
    {
        Purpose = purpose,
        Device = mesh.Device(node).Name,
        Family = IpFamily.IPv4,
        States = [WalkState.New],
        Result = WalkResult.Undetermined,
        Count = mesh.Device(node).Peers.Count,
        Peers = [.. mesh.Device(node).Peers.Select(peer => peer.Key)],
        Packet = new WalkPacket(IpAddr.Parse("192.0.2.10"), IpAddr.Parse("192.0.2.11"), 17, 51820, 51820),
    };
}
