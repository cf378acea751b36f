// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Connection tracking: full tables, packets without a connection, zones, flows without an answer.</summary>
public sealed class ConntrackFaultTests
{
    private static readonly WalkRule DropsInvalid = Flows.Rule("f", "ct state invalid counter drop", NetfilterHook.Forward) with { Traits = WalkRuleTraits.State };

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Full_DropsAndCounts_IsCritical(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).TalkAll();
        mesh[1].Tracks(Table(1000, 1000, dropped: 12));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-CONNTRACK-FULL", "node-001");
        cause.Finding.Severity.ShouldBe(Severity.Critical);
        cause.Finding.Confidence.ShouldBeGreaterThan(0.9);
        cause.Commands().ShouldBe(["node-001: sysctl -w net.netfilter.nf_conntrack_max=2000"]);
    }

    [Fact]
    public void Full_ExplainsTheHandshakeThatItStops()
    {
        var mesh = Layouts.Flannel(2, new Setup(Keepalive: 25));
        mesh.Peer(0, 1).Sent = new Counter(1000, 444);
        mesh[1].Tracks(Table(1000, 1000, dropped: 12));
        mesh.Diagnose().RootCauses[0].Finding.Code.ShouldBe("WG-CONNTRACK-FULL");
    }

    [Fact]
    public void Full_FillingOnly_IsAWarning()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[1].Tracks(Table(850, 1000, dropped: 0));
        mesh.Diagnose().ShouldHaveOne("WG-CONNTRACK-FULL", "node-001").Finding.Severity.ShouldBe(Severity.Warning);
    }

    [Theory, InlineData(400L, 1000L, 0UL), InlineData(100L, 1000L, 9UL), InlineData(5L, 0L, 0UL)]
    public void Full_WellUsedOrOldBurstOrNoLimit_IsQuiet(long entries, long most, ulong dropped)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[1].Tracks(Table(entries, most, dropped));
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Full_CountersUnread_IsLessSure()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[1].Tracks(new ConntrackFact { Entries = 990, MaxEntries = 1000 });
        mesh.Diagnose().ShouldHaveOne("WG-CONNTRACK-FULL", "node-001").Finding.Confidence.ShouldBeLessThan(0.9);
        mesh[1].Tracks(new ConntrackFact { MaxEntries = 1000 });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Invalid_TheRuleCounts_IsAWarning(bool v6)
    {
        var mesh = Layouts.Flannel(2, new Setup(V4: !v6, V6: v6)).TalkAll();
        mesh[1].Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.InnerIn, WalkState.Invalid, DropsInvalid, v6));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-CONNTRACK-INVALID-DROP", "node-001");
        cause.Finding.Severity.ShouldBe(Severity.Warning);
        cause.Finding.Evidence.ShouldContain(item => item.Observed.Contains("20", StringComparison.Ordinal));
    }

    [Fact]
    public void Invalid_CountedByConntrackToo_IsMoreSure()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[1].Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.InnerIn, WalkState.Invalid, DropsInvalid));
        var guess = mesh.Diagnose().ShouldHaveOne("WG-CONNTRACK-INVALID-DROP", "node-001").Finding.Confidence;
        mesh[1].Tracks(new ConntrackFact { Statistics = new() { Invalid = new Counter(50, 20) } });
        mesh.Diagnose().ShouldHaveOne("WG-CONNTRACK-INVALID-DROP", "node-001").Finding.Confidence.ShouldBeGreaterThan(guess);
    }

    [Fact]
    public void Invalid_TheRuleOfEveryFirewall_IsQuiet()
    {
        foreach (var counted in new Counter?[] { null, new Counter(40, 0), new Counter(40, 2), new Counter(40) })
        {
            var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
            mesh[1].Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.InnerIn, WalkState.Invalid, DropsInvalid with { Packets = counted }));
            mesh.Diagnose().ShouldBeQuiet();
        }
    }

    [Fact]
    public void Invalid_TheRuleDropsEverything_IsTheFilters()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        foreach (var state in new[] { WalkState.New, WalkState.Established, WalkState.Invalid })
            mesh[1].Walks.Add(Flows.Walk(mesh, 1, WalkPurpose.InnerIn, state, DropsInvalid) with { Local = IpPrefix.Parse("10.244.1.0/24") });
        mesh.Diagnose().ShouldHaveOne("WG-NFT-FORWARD-DROP", "node-001");
    }

    [Theory, MemberData(nameof(Setup.Families), MemberType = typeof(Setup))]
    public void Zone_OfOneDirection_LosesTheAnswers(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).TalkAll();
        var (pod, far, own) = setup.V4 ? ("10.244.0.5", "10.244.1.5", "10.244.0.0") : ("fd00:244::5", "fd00:244:0:1::5", "fd00:244::");
        mesh[0].Tracks(new ConntrackFlows { Inner = [Flows.Of(pod, far, zone: 5, answersTo: own)] });
        mesh.Diagnose().ShouldHaveOne("WG-CONNTRACK-ZONE-CLASH", "node-000").Finding.Evidence.ShouldContain(item => item.Observed.Contains("zone 5", StringComparison.Ordinal));
    }

    [Fact]
    public void Zone_AnsweredOrUntranslatedOrNone_IsQuiet()
    {
        ConntrackFlow[] traps =
        [
            Flows.Of("10.244.0.5", "10.244.1.5", answered: true, zone: 5, answersTo: "10.244.0.0"),
            Flows.Of("10.244.0.5", "10.244.1.5", zone: 5),
            Flows.Of("10.244.0.5", "10.244.1.5", answersTo: "10.244.0.0"),
            Flows.Of("10.244.0.5", "203.0.113.9", zone: 5, answersTo: "10.244.0.0"),
        ];
        foreach (var flow in traps)
        {
            var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
            mesh[0].Tracks(new ConntrackFlows { Inner = [flow] });
            mesh.Diagnose().ShouldBeQuiet();
        }
    }

    [Fact]
    public void Zone_NothingComesBack_IsNotTheZones()
    {
        var mesh = Layouts.Flannel(2, new Setup());
        mesh[0].Tracks(new ConntrackFlows { Inner = [Flows.Of("10.244.0.5", "10.244.1.5", zone: 5, answersTo: "10.244.0.0")] });
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-CONNTRACK-ZONE-CLASH");
    }

    [Fact]
    public void Unreplied_IsSaidAndNeverTheCause()
    {
        var mesh = Layouts.Flannel(2, new Setup(Keepalive: 25));
        mesh.Peer(0, 1).Sent = new Counter(1000, 444);
        Unreplied(mesh);
        var report = mesh.Diagnose();
        report.Find("WG-CONNTRACK-UNREPLIED").ShouldNotBeNull().Severity.ShouldBe(Severity.Info);
        report.RootCauses[0].Finding.Code.ShouldNotBe("WG-CONNTRACK-UNREPLIED");
    }

    [Fact]
    public void Unreplied_FirstSecondsOrLivingOrIdleOrAnswered_IsNotSaid()
    {
        var young = Layouts.Flannel(2, new Setup(Keepalive: 25));
        young.Peer(0, 1).Sent = new Counter(1000, 444);
        young[0].Observed = 8;
        Unreplied(young);
        young.Diagnose().Find("WG-CONNTRACK-UNREPLIED").ShouldBeNull();

        var living = Layouts.Flannel(2, new Setup()).TalkAll();
        Unreplied(living);
        living.Diagnose().ShouldBeQuiet();

        var idle = Layouts.Flannel(2, new Setup());
        Unreplied(idle);
        idle.Diagnose().ShouldBeQuiet();

        var answered = Layouts.Flannel(2, new Setup(Keepalive: 25));
        answered.Peer(0, 1).Sent = new Counter(1000, 444);
        Unreplied(answered, seen: true);
        answered.Diagnose().Find("WG-CONNTRACK-UNREPLIED").ShouldBeNull();
    }

    private static void Unreplied(TestMesh mesh, bool seen = false)
    {
        var (own, far) = (new IpEndpoint(IpAddr.Parse("192.0.2.10"), 51820), mesh.Peer(0, 1).Endpoint!.Value);
        mesh[0].Tracks(new ConntrackFlows
        {
            EndpointNat = [new EndpointNatFact { Device = mesh.Device(0).Name, Endpoint = far, Source = own, SourceAfterNat = own, EndpointAfterNat = far, Initiator = ConntrackInitiator.Device, ReplySeen = seen }],
        });
    }

    private static ConntrackFact Table(long entries, long most, ulong dropped) =>
        new() { Entries = entries, MaxEntries = most, Statistics = new() { Drop = new Counter(dropped, dropped), EarlyDrop = new Counter(0, 0) } };
}
