// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Owners;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Verdicts from walks of sample packets.</summary>
public sealed class WalkFaultTests
{
    private static readonly WalkRule Drop = new()
    {
        Backend = NetfilterBackend.NfTables,
        Family = NetfilterFamily.Inet,
        Table = "t",
        Chain = "f",
        Hook = NetfilterHook.Forward,
        Handle = 4,
        Text = "iifname \"wg-pods\" counter drop",
        Packets = new Counter(20, 10),
    };

    private static readonly WalkRule Policy = Drop with { Family = NetfilterFamily.Ipv4, Table = "filter", Chain = "FORWARD", Handle = null, Text = "policy drop" };

    public static TheoryData<string, Func<WalkRule>> Kinds => new()
    {
        { "WG-NFT-FORWARD-DROP", () => Drop },
        { "WG-IPT-FORWARD-POLICY-DROP", () => Policy },
        { "WG-IPT-FORWARD-POLICY-DROP", () => Drop with { Chain = "ufw-skip-to-policy-forward", Owner = "ufw", OwnerKind = RuleOwnerKind.Firewall } },
        { "WG-FIREWALLD-ZONE", () => Drop with { Table = "firewalld", Owner = "firewalld", OwnerKind = RuleOwnerKind.Firewall } },
        { "WG-IPT-LEGACY-NFT-SPLIT", () => Drop with { Backend = NetfilterBackend.Legacy, TwoWorlds = true } },
        { "WG-RPF-FIREWALL", () => Drop with { Traits = WalkRuleTraits.ReversePath } },
        { "WG-TAILSCALE-CGNAT-DROP", () => Drop with { Owner = "tailscale", OwnerKind = RuleOwnerKind.Vpn, Traits = WalkRuleTraits.SharedRange } },
        { "WG-CNI-POLICY-DROP", () => Drop with { Chain = "cali-FORWARD", Owner = "calico", OwnerKind = RuleOwnerKind.Cni } },
    };

    [Theory, MemberData(nameof(Kinds))]
    public void Forward_DroppedBothWays_IsTheCodeOfTheRule(string code, Func<WalkRule> rule)
    {
        foreach (var setup in new[] { new Setup(), new Setup(V4: false, V6: true), new Setup(Userspace: true) })
        {
            var mesh = Layouts.Flannel(3, setup).TalkAll();
            Forward(mesh, 1, rule(), setup.V4, WalkState.New, WalkState.Established);
            var report = mesh.Diagnose();
            report.ShouldHaveOne(code, "node-001").Finding.Confidence.ShouldBeGreaterThan(0.6);
            if (code == "WG-NFT-FORWARD-DROP") report.State("node-000", "node-001").ShouldBe(TunnelState.DroppedAfterDecrypt);
        }
    }

    [Fact]
    public void Forward_CommandsNameTheRule()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        Forward(mesh, 1, Drop, true, WalkState.New, WalkState.Established);
        mesh.Diagnose().ShouldHaveOne("WG-NFT-FORWARD-DROP", "node-001").Commands().ShouldBe(["node-001: nft delete rule inet t f handle 4"]);

        mesh[1].Walks.Clear();
        Forward(mesh, 1, Policy, true, WalkState.New, WalkState.Established);
        mesh.Diagnose().ShouldHaveOne("WG-IPT-FORWARD-POLICY-DROP", "node-001").Commands()
            .ShouldBe(["node-001: iptables-nft -t filter -I FORWARD -i wg-pods -j ACCEPT", "node-001: iptables-nft -t filter -I FORWARD -o wg-pods -j ACCEPT"]);
    }

    [Fact]
    public void Forward_HostileNames_MakeNoCommand()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        Forward(mesh, 1, Drop with { Table = "-rf", Chain = "a\u001bb", Text = "$(reboot)" }, true, WalkState.New, WalkState.Established);
        mesh.Diagnose().ShouldHaveOne("WG-NFT-FORWARD-DROP", "node-001").Commands().ShouldBeEmpty();
    }

    [Fact]
    public void Forward_OnlyNewFromTheTunnel_IsNoCertainty()
    {
        // A router whose clients call out: answers pass, so the other direction of opening works.
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        var local = mesh[1].Links.Single(link => link.Name.StartsWith("lan", StringComparison.Ordinal) || link.Kind == "bridge");
        Forward(mesh, 1, Drop with { Packets = new Counter(20, 0) }, true, WalkState.New);
        local.ShouldNotBeNull();
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Forward_NetworkThatNobodySendsThroughTheTunnel_IsQuiet()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[1].Walks.AddRange(new[] { WalkState.New, WalkState.Established }.Select(state => Walk(mesh, 1, WalkPurpose.InnerIn, state, Drop) with { Local = IpPrefix.Parse("172.17.0.0/16") }));
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Forward_OneProtocolOnly_IsQuiet()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[1].Walks.AddRange(new[] { WalkState.New, WalkState.Established }.Select(state => Walk(mesh, 1, WalkPurpose.InnerIn, state, Drop) with { Protocols = [1], Local = IpPrefix.Parse("10.244.1.0/24") }));
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Outer_DroppedAtInput_StopsTheHandshake(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup);
        mesh.Peer(0, 1).Sent = new Counter(1000, 444);
        Outer(mesh, 1, Drop with { Hook = NetfilterHook.Input }, setup.V4, WalkState.New, WalkState.Established);
        var report = mesh.Diagnose();
        report.ShouldHaveOne("WG-UDP-PORT-BLOCKED-INPUT", "node-001");
        report.State("node-000", "node-001").ShouldBe(TunnelState.NoHandshake);
    }

    [Theory]
    [InlineData("WG-TAILSCALE-CGNAT-DROP", "tailscale", WalkRuleTraits.SharedRange)]
    [InlineData("WG-FIREWALLD-ZONE", "firewalld", WalkRuleTraits.None)]
    [InlineData("WG-RPF-FIREWALL", null, WalkRuleTraits.ReversePath)]
    public void Outer_DroppedByARuleOfAnotherPurpose_ExplainsTheMissingSession(string code, string? owner, WalkRuleTraits traits)
    {
        var mesh = Layouts.Flannel(2, new Setup());
        mesh.Peer(0, 1).Sent = new Counter(1000, 444);
        Outer(mesh, 1, Drop with { Hook = NetfilterHook.Input, Owner = owner, OwnerKind = owner is null ? RuleOwnerKind.Unknown : RuleOwnerKind.Vpn, Traits = traits }, true, WalkState.New, WalkState.Established);
        mesh.Diagnose().ShouldHaveOne(code, "node-001").Consequences.ShouldNotBeEmpty();
    }

    [Fact]
    public void Outer_AnswersPassAndNobodyCalls_IsQuiet()
    {
        var mesh = Layouts.Flannel(2, new Setup());
        Outer(mesh, 1, Drop with { Hook = NetfilterHook.Input }, true, WalkState.New);
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Peer(0, 1).Sent = new Counter(1000, 444);
        mesh.Diagnose().ShouldHaveOne("WG-UDP-PORT-BLOCKED-INPUT", "node-001");
    }

    [Fact]
    public void Outer_SessionLives_ContradictsTheWalk()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        Outer(mesh, 1, Drop, true, WalkState.New, WalkState.Established);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Outer_MarkDropped_NamesTheMark()
    {
        var mesh = Layouts.Flannel(2, new Setup());
        mesh.Peer(0, 1).Sent = new Counter(1000, 444);
        mesh.Peer(0, 1).Keepalive = 25;
        mesh.Device(0).Mark = 51820;
        foreach (var state in new[] { WalkState.New, WalkState.Established })
            mesh[0].Walks.Add(Walk(mesh, 0, WalkPurpose.OuterOut, state, Drop with { Hook = NetfilterHook.Output, Traits = WalkRuleTraits.Mark }));
        mesh.Diagnose().ShouldHaveOne("WG-FWMARK-KUBE-BITS", "node-000").Finding.Message.ShouldContain("0xca6c");
    }

    [Fact]
    public void Outer_PortTaken_IsCriticalWithoutSessionAndAWarningWithOne()
    {
        var mesh = Layouts.Flannel(2, new Setup());
        mesh[1].Walks.Add(Walk(mesh, 1, WalkPurpose.OuterIn, WalkState.New, null) with
        {
            Result = WalkResult.Diverted,
            Nat = new WalkNat("dnat", "10.244.1.5:9999", Destination: IpAddr.Parse("10.244.1.5"), DestinationPort: 9999, Rule: Drop with { Chain = "p", Text = "dnat" }),
        });
        mesh.Diagnose().ShouldHaveOne("WG-PORT-HIJACK-DNAT", "node-001").Finding.Severity.ShouldBe(Severity.Critical);
        mesh.TalkAll();
        mesh.Diagnose().ShouldHaveOne("WG-PORT-HIJACK-DNAT", "node-001").Finding.Severity.ShouldBe(Severity.Warning);
    }

    [Fact]
    public void Outer_PortTaken_AlsoFromPeersThatCallFromAnywhere()
    {
        var mesh = Layouts.Hub(2);
        mesh.Talk(0, 2);
        mesh.Peer(0, 1).Endpoint = null;
        mesh.Peer(1, 0).Sent = new Counter(1000, 444);
        var taken = Walk(mesh, 0, WalkPurpose.OuterIn, WalkState.New, null) with
        {
            Count = 1,
            Peers = [mesh.Device(2).Key],
            Result = WalkResult.Diverted,
            Nat = new WalkNat("dnat", "10.20.0.5:9999", Destination: IpAddr.Parse("10.20.0.5"), DestinationPort: 9999, Rule: Drop with { Chain = "p", Text = "dnat" }),
        };
        mesh[0].Walks.Add(taken);
        mesh.Diagnose().ShouldHaveOne("WG-PORT-HIJACK-DNAT", "hub").Finding.Severity.ShouldBe(Severity.Critical);
        // Somebody else's first packets get through: then it is not known for those without an endpoint.
        mesh[0].Walks.Add(taken with { Result = WalkResult.Passed, Nat = null, Packet = null, Peers = null });
        mesh.Diagnose().RootCauses[0].Finding.Code.ShouldNotBe("WG-PORT-HIJACK-DNAT");
    }

    [Fact]
    public void Host_DroppedBothWays_IsOverlayInput()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        foreach (var state in new[] { WalkState.New, WalkState.Established })
            mesh[1].Walks.Add(Walk(mesh, 1, WalkPurpose.LocalIn, state, Drop with { Chain = "i", Hook = NetfilterHook.Input }));
        mesh.Diagnose().ShouldHaveOne("WG-OVERLAY-INPUT-DROP", "site-001").Finding.Severity.ShouldBe(Severity.Error);
    }

    [Fact]
    public void Target_DropsInItsOwnNamespace_IsTheTarget()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        Forward(mesh, 1, Drop, true, WalkState.New, WalkState.Established);
        var walks = mesh[1].Walks.Select(walk => walk with { Stop = walk.Stop! with { Place = "pod 1234" } }).ToList();
        mesh[1].Walks.Clear();
        mesh[1].Walks.AddRange(walks);
        mesh.Diagnose().ShouldHaveOne("WG-TARGET-HOST-FILTER", "node-001");
    }

    [Fact]
    public void Notrack_BeforeTheDrop_IsNamed()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        Forward(mesh, 1, Drop, true, WalkState.New, WalkState.Established);
        var walks = mesh[1].Walks.Select(walk => walk with { Notrack = Drop with { Chain = "r", Text = "notrack" } }).ToList();
        mesh[1].Walks.Clear();
        mesh[1].Walks.AddRange(walks);
        mesh.Diagnose().ShouldHaveOne("WG-CONNTRACK-NOTRACK", "node-001").Finding.Message.ShouldContain("notrack");
    }

    [Fact]
    public void Masquerade_SourceThatTheFarEndRefuses_IsCritical()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[0].Walks.Add(Translated(mesh, "192.0.2.10"));
        mesh.Diagnose().ShouldHaveOne("WG-MASQUERADE-INTO-TUNNEL", "node-000").Commands()[0].ShouldBe("node-000: nft delete rule inet t p handle 4");
    }

    [Fact]
    public void Masquerade_SourceThatTheFarEndAllows_IsQuiet()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[0].Walks.Add(Translated(mesh, "10.244.0.0"));
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Diagnose(0).ShouldBeQuiet();
    }

    [Fact]
    public void Snat_OfOuterPackets_NeedsTheOtherEndsEndpoint()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[0].Walks.Add(Walk(mesh, 0, WalkPurpose.OuterOut, WalkState.New, null) with
        {
            Result = WalkResult.Passed,
            Packet = new WalkPacket(IpAddr.Parse("192.0.2.10"), IpAddr.Parse("192.0.2.11"), 17, 51820, 51820),
            Nat = new WalkNat("masquerade", "192.0.2.10 port unknown", Rule: Drop with { Chain = "p" }, RandomPort: true),
        });
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Peer(1, 0).Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.10"), 33333);
        mesh.Diagnose().RootCauses.ShouldContain(cause => cause.Finding.Code == "WG-ENDPOINT-SNAT-POISON" && cause.Finding.Severity == Severity.Error);
    }

    [Fact]
    public void TooBig_DroppedWherePodsHaveABiggerMtu_AndNoClamp()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var walk = Walk(mesh, 1, WalkPurpose.TooBigOut, WalkState.Related, Drop with { Hook = NetfilterHook.Output, Traits = WalkRuleTraits.Icmp }) with { Local = IpPrefix.Parse("10.244.1.0/24"), ClampsMss = false };
        mesh[1].Walks.Add(walk);
        mesh.Diagnose().ShouldBeQuiet();
        mesh[1].ChangeLink(mesh[1].LinkIndex("cni0"), link => link with { Mtu = 1500 });
        var report = mesh.Diagnose();
        report.ShouldHaveOne("WG-ICMP-PMTU-FILTERED", "node-001").Consequences.ShouldContain(finding => finding.Code == "WG-MSS-NO-CLAMP");
    }

    [Fact]
    public void Walks_Undetermined_AreListedAsUnchecked()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[1].Walks.Add(Walk(mesh, 1, WalkPurpose.InnerIn, WalkState.New, null) with { Result = WalkResult.Undetermined, DependsOn = "it depends on limit" });
        var report = mesh.Diagnose();
        report.ShouldBeQuiet();
        report.CouldNotCheck.ShouldContain(item => item.Reason == "it depends on limit");
    }

    private static void Forward(TestMesh mesh, int node, WalkRule rule, bool v4, params WalkState[] states)
    {
        var family = v4 ? IpFamily.IPv4 : IpFamily.IPv6;
        var prefix = mesh[node].Routes.First(route => route.Destination.Family == family && route.Table == 254 && route.Protocol == 2 && route.NextHops[0].Link != mesh.Device(node).Link
            && mesh[node].Links.Single(link => link.Index == route.NextHops[0].Link).Name != "eth0").Destination;
        foreach (var state in states) mesh[node].Walks.Add(Walk(mesh, node, WalkPurpose.InnerIn, state, rule) with { Family = family, Local = prefix });
    }

    private static void Outer(TestMesh mesh, int node, WalkRule rule, bool v4, params WalkState[] states)
    {
        foreach (var state in states) mesh[node].Walks.Add(Walk(mesh, node, WalkPurpose.OuterIn, state, rule) with { Family = v4 ? IpFamily.IPv4 : IpFamily.IPv6 });
    }

    private static WalkFact Walk(TestMesh mesh, int node, WalkPurpose purpose, WalkState state, WalkRule? rule) => new()
    {
        Purpose = purpose,
        Device = mesh.Device(node).Name,
        Family = IpFamily.IPv4,
        States = [state],
        Result = WalkResult.Dropped,
        Count = mesh.Device(node).Peers.Count,
        Peers = [.. mesh.Device(node).Peers.Select(peer => peer.Key)],
        Packet = new WalkPacket(IpAddr.Parse("10.244.0.1"), IpAddr.Parse("10.244.1.2"), 1, Input: "wg-pods"),
        Stop = rule is null ? null : new WalkStop(rule.IsPolicy ? WalkStopKind.ChainPolicy : WalkStopKind.FilterRule, "dropped", Rule: rule),
    };

    private static WalkFact Translated(TestMesh mesh, string source) => Walk(mesh, 0, WalkPurpose.InnerOut, WalkState.New, null) with
    {
        Result = WalkResult.Passed,
        Local = IpPrefix.Parse("10.244.0.0/24"),
        Packet = new WalkPacket(IpAddr.Parse("10.244.0.2"), IpAddr.Parse("10.244.1.1"), 1, Input: "cni0"),
        Nat = new WalkNat("snat", source, Source: IpAddr.Parse(source), Rule: Drop with { Chain = "p", Text = "snat" }),
    };
}
