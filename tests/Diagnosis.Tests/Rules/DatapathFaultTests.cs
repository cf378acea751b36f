// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>What ends packets beside the drop rules of a firewall: IPsec policies, classifiers, wg-quick's protection, a way out without translation.</summary>
public sealed class DatapathFaultTests
{
    private static readonly WalkRule Antispoof = Flows.Rule("preraw", "iifname != \"wg0\" ip daddr 10.99.0.2 fib saddr type != local counter drop", NetfilterHook.Prerouting) with
    {
        Table = "wg-quick-wg0",
        Owner = "wg-quick",
        Traits = WalkRuleTraits.AddressType,
    };

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Xfrm_RefusesWhatATunnelSends_IsTheRoot(Setup setup)
    {
        var mesh = Tries(setup);
        mesh[0].ProtocolCounters["Xfrm.OutPolBlock"] = new Counter(9, 3);
        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne("WG-XFRM-POLICY-BLOCK", "node-000");
        cause.Finding.Evidence.ShouldContain(item => item.What.Contains("XfrmOutPolBlock", StringComparison.Ordinal));
        report.State("node-000", "node-001").ShouldBe(TunnelState.NoHandshake);
    }

    [Fact]
    public void Xfrm_UserspaceDeviceThatCannotSend_CountsNothingAsSent()
    {
        var mesh = Layouts.Flannel(2, new Setup(Userspace: true));
        mesh[0].ProtocolCounters["Xfrm.OutPolBlock"] = new Counter(9, 3);
        mesh.MoveLink(0, tx: 30);
        mesh.Diagnose().ShouldHaveOne("WG-XFRM-POLICY-BLOCK", "node-000");
        // Nothing was given to it: nobody wants the tunnel.
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Counters = TestNode.Flat() });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Xfrm_RefusesWhatArrives_IsTheReceivers()
    {
        var mesh = Tries(new Setup());
        mesh[1].ProtocolCounters["Xfrm.InNoPols"] = new Counter(9, 3);
        mesh.Diagnose().ShouldHaveOne("WG-XFRM-POLICY-BLOCK", "node-001").Finding.Confidence.ShouldBeLessThan(0.8);
    }

    [Fact]
    public void Xfrm_ClusterThatUsesIpsec_IsQuiet()
    {
        // Its counters move and its tunnels live.
        var living = Layouts.Flannel(2, new Setup()).TalkAll();
        living[0].ProtocolCounters["Xfrm.OutPolBlock"] = new Counter(900, 300);
        living.Diagnose().ShouldBeQuiet();

        // Nobody wants the tunnel.
        var idle = Layouts.Flannel(2, new Setup());
        idle[0].ProtocolCounters["Xfrm.OutPolBlock"] = new Counter(900, 300);
        idle.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Xfrm_OldOrSingleOrUnreadCount_IsNotBlamed()
    {
        foreach (var counter in new Counter?[] { new Counter(900, 0), new Counter(900, 1), new Counter(900), null })
        {
            var mesh = Tries(new Setup());
            if (counter is { } value) mesh[0].ProtocolCounters["Xfrm.OutPolBlock"] = value;
            mesh.Diagnose().Find("WG-XFRM-POLICY-BLOCK").ShouldBeNull();
        }
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Classifier_OnTheUplinkOfASilentNode_IsBlamedWithDoubt(Setup setup)
    {
        var mesh = Tries(setup);
        Classify(mesh, "flower");
        var cause = mesh.Diagnose().RootCauses[0];
        cause.Finding.Code.ShouldBe("WG-EBPF-DATAPATH-DROP");
        cause.Finding.Subject.Node.ShouldBe("node-001");
        cause.Finding.Confidence.ShouldBeLessThan(0.7);
        cause.Finding.Remediation.ShouldNotBeEmpty();
    }

    [Fact]
    public void Classifier_ProgramOfAPodNetwork_IsANoteOnly()
    {
        var mesh = Tries(new Setup());
        Classify(mesh, "bpf");
        var report = mesh.Diagnose();
        report.Find("WG-EBPF-DATAPATH-DROP").ShouldNotBeNull().Severity.ShouldBe(Severity.Info);
        report.RootCauses[0].Finding.Code.ShouldNotBe("WG-EBPF-DATAPATH-DROP");
    }

    [Fact]
    public void Classifier_XdpProgram_IsANoteOnly()
    {
        var mesh = Tries(new Setup());
        mesh[1].Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.OuterIn, WalkState.New));
        mesh[1].ChangeLink(mesh[1].LinkIndex("eth0"), link => link with { Xdp = new XdpFact("driver", 5) });
        mesh.Diagnose().Find("WG-EBPF-DATAPATH-DROP").ShouldNotBeNull().Severity.ShouldBe(Severity.Info);
    }

    [Fact]
    public void Classifier_LivingTunnelOrEgressOrOtherDevice_IsNotBlamed()
    {
        var living = Layouts.Flannel(2, new Setup()).TalkAll();
        Classify(living, "flower");
        living.Diagnose().ShouldBeQuiet();

        var egress = Tries(new Setup());
        Classify(egress, "flower", "egress");
        egress.Diagnose().Find("WG-EBPF-DATAPATH-DROP").ShouldBeNull();

        var bridge = Tries(new Setup());
        Classify(bridge, "flower", link: "cni0");
        bridge.Diagnose().Find("WG-EBPF-DATAPATH-DROP").ShouldBeNull();
    }

    [Fact]
    public void Classifier_PacketFilterExplains_OrNobodyWalked_IsNotBlamed()
    {
        var filtered = Tries(new Setup());
        Classify(filtered, "flower");
        filtered[1].Walks.Clear();
        filtered.Diagnose().Find("WG-EBPF-DATAPATH-DROP").ShouldBeNull();
        foreach (var state in new[] { WalkState.New, WalkState.Established })
            filtered[1].Walks.Add(Flows.Walk(filtered, 1, WalkPurpose.OuterIn, state, Flows.Rule("i", "udp dport 51820 drop", NetfilterHook.Input)));
        filtered.Diagnose().ShouldHaveOne("WG-UDP-PORT-BLOCKED-INPUT", "node-001");
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Antispoof_Counts_IsAWarning(bool v6)
    {
        var mesh = Layouts.WgQuick(2, new Setup(V4: !v6, V6: v6)).TalkAll();
        mesh[1].Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.DeviceAddressFromOutside, WalkState.New, Antispoof, v6));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-WGQUICK-ANTISPOOF", "site-001");
        cause.Finding.Severity.ShouldBe(Severity.Warning);
        cause.Commands().ShouldBe(["site-001: nft delete rule inet wg-quick-wg0 preraw handle 7"]);
    }

    [Fact]
    public void Antispoof_AsWgQuickMakesItOrAnotherRule_IsQuiet()
    {
        WalkRule[] traps =
        [
            Antispoof with { Packets = null },
            Antispoof with { Packets = new Counter(90, 0) },
            Antispoof with { Owner = null, Traits = WalkRuleTraits.None },
            Antispoof with { Hook = NetfilterHook.Input },
        ];
        foreach (var rule in traps)
        {
            var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
            mesh[1].Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.DeviceAddressFromOutside, WalkState.New, rule));
            mesh.Diagnose().ShouldBeQuiet();
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void MasqueradeMissing_NobodyAnswersInTheWorld_IsAnError(bool v6)
    {
        var mesh = Exit(v6);
        mesh[1].Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.Exit, WalkState.New, v6: v6));
        mesh[1].Tracks(new ConntrackFlows { Inner = World(v6, answered: 0) });
        var cause = mesh.Diagnose().ShouldHaveOne("WG-MASQUERADE-MISSING", "site-001");
        cause.Commands()[0].ShouldStartWith(v6 ? "site-001: ip6tables -t nat -A POSTROUTING" : "site-001: iptables -t nat -A POSTROUTING");
    }

    [Fact]
    public void MasqueradeMissing_SomebodyAnswersOrFewAskedOrTranslatedOrUnread_IsQuiet()
    {
        var answered = Exit(false);
        answered[1].Walks.Add(Flows.Walk(answered, 1, WalkPurpose.Exit, WalkState.New));
        answered[1].Tracks(new ConntrackFlows { Inner = World(false, answered: 1) });
        answered.Diagnose().ShouldBeQuiet();

        var few = Exit(false);
        few[1].Walks.Add(Flows.Walk(few, 1, WalkPurpose.Exit, WalkState.New));
        few[1].Tracks(new ConntrackFlows { Inner = [World(false, answered: 0)[0]] });
        few.Diagnose().ShouldBeQuiet();

        var translated = Exit(false);
        translated[1].Walks.Add(Flows.Walk(translated, 1, WalkPurpose.Exit, WalkState.New) with { Nat = new WalkNat("masquerade", "192.0.2.11") });
        translated[1].Tracks(new ConntrackFlows { Inner = World(false, answered: 0) });
        translated.Diagnose().ShouldBeQuiet();

        var unread = Exit(false);
        unread[1].Walks.Add(Flows.Walk(unread, 1, WalkPurpose.Exit, WalkState.New));
        unread.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void MasqueradeMissing_NobodySendsEverything_IsQuiet()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh[1].Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.Exit, WalkState.New));
        mesh[1].Tracks(new ConntrackFlows { Inner = World(false, answered: 0) });
        mesh.Diagnose().ShouldBeQuiet();
    }

    // The second end hears nothing of what the first one sends.
    private static TestMesh Tries(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup);
        mesh.Peer(0, 1).Sent = new Counter(1000, 444);
        return mesh;
    }

    private static void Classify(TestMesh mesh, string kind, string direction = "ingress", string link = "eth0")
    {
        var node = mesh[1];
        node.Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.OuterIn, WalkState.New));
        var filter = new PacketFilterFact { Link = node.LinkIndex(link), Direction = direction, Kind = kind, Preference = 1 };
        node.Bend = space => space with { TrafficControl = node.Fact(new TrafficControlFact { Qdiscs = [], Filters = [filter] }) };
    }

    private static TestMesh Exit(bool v6)
    {
        var mesh = Layouts.WgQuick(2, new Setup(V4: !v6, V6: v6)).TalkAll();
        // A sends everything through B, and keeps its own way to B's endpoint.
        mesh.Peer(0, 1).Allow(v6 ? "::/0" : "0.0.0.0/0");
        return mesh;
    }

    private static ConntrackFlow[] World(bool v6, int answered) =>
        [.. Enumerable.Range(1, 4).Select(host => v6 ? Flows.Of("fd00:1::10", $"2620:fe::{host}", host <= answered) : Flows.Of("10.1.0.10", $"9.9.9.{host}", host <= answered))];
}
