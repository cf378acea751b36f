// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Capture;
using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>What only test packets, captures or the sizes of what is missing tell of a path.</summary>
public sealed class PathTestFaultTests
{
    private const ulong Large = 1452;

    // Eight pings each way between all, and more large ones from the first to the second node, of which none arrives.
    private static TestMesh Blackhole(Setup setup, ulong large = 16, ulong small = 8)
    {
        var mesh = Layouts.Flannel(3, setup);
        for (var one = 0; one < 3; one++)
        {
            for (var other = one + 1; other < 3; other++) mesh.Talk(one, other, small);
        }

        mesh.Peer(0, 1).Sent = TestMesh.Grow(mesh.Peer(0, 1).Sent, large * Large);
        mesh.MoveLink(0, tx: large);
        return mesh;
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Blackhole_OnlyLargePacketsAreMissing_IsAnError(Setup setup)
    {
        var report = Blackhole(setup).Diagnose();
        report.ShouldHaveOne("WG-MTU-BLACKHOLE", "node-000").Finding.Subject.PeerNode.ShouldBe("node-001");
        report.State("node-000", "node-001").ShouldBe(TunnelState.MtuBlackhole);
        Blackhole(setup).Diagnose(0).Find("WG-MTU-BLACKHOLE").ShouldBeNull();
    }

    [Fact]
    public void Blackhole_LossOfAllSizesOrOfAnotherPairToo_IsNotNamed()
    {
        // As many small ones are missing as large ones.
        var mesh = Blackhole(new Setup());
        mesh.Peer(0, 1).Sent = TestMesh.Grow(mesh.Peer(0, 1).Sent, 40 * TestMesh.PingBytes);
        mesh.MoveLink(0, tx: 40);
        mesh.Diagnose().Find("WG-MTU-BLACKHOLE").ShouldBeNull();
        mesh = Blackhole(new Setup());
        mesh.Peer(0, 2).Sent = TestMesh.Grow(mesh.Peer(0, 2).Sent, 6000);
        mesh.Diagnose().Find("WG-MTU-BLACKHOLE").ShouldBeNull();
        // What arrives is as large as what does not.
        mesh = Blackhole(new Setup());
        mesh[1].ChangeLink(mesh.Device(1).Link, link => link with { Counters = link.Counters! with { RxBytes = TestMesh.Grow(link.Counters.RxBytes, 20000) } });
        mesh.Diagnose().Find("WG-MTU-BLACKHOLE").ShouldBeNull();
        // Nobody counted packets.
        mesh = Blackhole(new Setup());
        mesh[2].ChangeLink(mesh.Device(2).Link, link => link with { Counters = null });
        mesh.Diagnose().Find("WG-MTU-BLACKHOLE").ShouldBeNull();
    }

    [Fact]
    public void Blackhole_BehindAnMtuThatDoesNotFit_IsItsConsequence()
    {
        var mesh = Blackhole(new Setup());
        mesh[0].ChangeLink(mesh[0].LinkIndex("eth0"), link => link with { Mtu = 1400 });
        var cause = mesh.Diagnose().ShouldHaveOne("WG-MTU-UNDERLAY-CHANGED", "node-000");
        cause.Finding.Severity.ShouldBe(Severity.Error);
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-MTU-BLACKHOLE");
    }

    private static DiagnosisReport Sizes(TestMesh mesh, params SizeTestFact[] tests) =>
        mesh.With(0, facts => facts with { SizeTests = Bent.Fact<IReadOnlyList<SizeTestFact>>(tests) });

    private static SizeTestFact Size(TestMesh mesh, int? passed, int? lost, bool? told = false, bool inside = true) => new()
    {
        Device = mesh.Device(0).Name,
        PeerKey = mesh.Device(1).Key,
        Inside = inside,
        Passed = passed,
        Lost = lost,
        Told = told,
    };

    [Theory, MemberData(nameof(Setup.Families), MemberType = typeof(Setup))]
    public void Blackhole_BySizeTest_NamesTheLimit(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).TalkAll();
        Sizes(mesh, Size(mesh, 1240, 1241)).ShouldHaveOne("WG-MTU-BLACKHOLE", "node-000").Commands()
            .ShouldBe(["node-000: ip link set dev wg-pods mtu 1240", "node-001: ip link set dev wg-pods mtu 1240"]);
        Sizes(mesh, Size(mesh, 1240, 1241, told: true)).ShouldBeQuiet();
        Sizes(mesh, Size(mesh, 1420, 1421)).ShouldBeQuiet();
        Sizes(mesh, Size(mesh, 1300, 1301, inside: false)).ShouldBeQuiet();
        Sizes(mesh, Size(mesh, null, 64)).ShouldBeQuiet();
    }

    [Fact]
    public void Padding_SawtoothBelowTheLimit_IsNamed()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Mtu = 1416 });
        DiagnosisReport Sweep(Func<int, bool> passes) => Sizes(
            mesh, Size(mesh, null, null) with { Sweep = [.. Enumerable.Range(1380, 30).Select(size => new SizeResult(size, 3, passes(size) ? 3 : 0))] });
        Sweep(size => size is < 1385 or > 1399 and <= 1408).Find("WG-MTU-PADDING-BPF")!.Severity.ShouldBe(Severity.Warning);
        Sweep(size => size <= 1400).Find("WG-MTU-PADDING-BPF").ShouldBeNull();
        mesh.Diagnose().Find("WG-MTU-PADDING-BPF").ShouldBeNull();
    }

    [Theory]
    [InlineData(true, 1500, true)]
    [InlineData(true, 1420, false)]
    [InlineData(false, 1500, false)]
    public void HostPlane_PeerOwnsItsOwnEndpoint_IsANoteAboutTheUplinksSize(bool owned, int uplink, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[0].ChangeLink(mesh[0].LinkIndex("eth0"), link => link with { Mtu = uplink });
        if (owned) mesh.Peer(0, 1).AllowedIps.Add(IpPrefix.Parse("192.0.2.11/32"));
        var note = mesh.Diagnose().Find("WG-MTU-ROUTE-HOST-PLANE");
        (note?.Severity == Severity.Info).ShouldBe(found);
    }

    private static DiagnosisReport Rates(params (int Rate, int Arrived)[] steps)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        return mesh.With(0, facts => facts with
        {
            RateTests = Bent.Fact<IReadOnlyList<RateTestFact>>(
            [
                new RateTestFact
                {
                    Device = "wg-pods",
                    PeerKey = mesh.Device(1).Key,
                    Steps = [.. new[] { 0, 1 }.SelectMany(round => steps.Select(step => new RateStep(step.Rate, 1000, 1000, step.Arrived, round)))],
                },
            ]),
        });
    }

    [Fact]
    public void RateLimit_SharpStepTwice_IsAnError()
    {
        Rates((1000, 1000), (2000, 1000), (5000, 500), (10000, 250)).ShouldHaveOne("WG-UDP-RATE-LIMIT", "node-000").Finding.Message.ShouldContain("2.5 Mbit/s");
        Rates((1000, 900), (2000, 900), (5000, 900)).Find("WG-UDP-RATE-LIMIT").ShouldBeNull();
        Rates((1000, 1000), (2000, 1000), (5000, 1000)).ShouldBeQuiet();
        // Loss that grows slowly is no limit.
        Rates((1000, 1000), (2000, 950), (5000, 940), (10000, 930)).Find("WG-UDP-RATE-LIMIT").ShouldBeNull();
    }

    [Theory]
    [InlineData(400, 40, 30L, Severity.Warning)]
    [InlineData(400, 40, 9000L, Severity.Error)]
    [InlineData(400, 4, 30L, null)]
    [InlineData(100, 40, 30L, null)]
    public void Reorder_LateCounters_AreNamed(int messages, int late, long farthest, Severity? severity)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var none = new OuterMessages(0, 0, 0, 0);
        var capture = new OuterCaptureFact
        {
            Device = "wg-pods",
            PeerKey = mesh.Device(1).Key,
            Seconds = 8,
            Received = none,
            Sent = none,
            Order = new DataOrder(messages, late, 0, farthest),
        };
        mesh.With(0, facts => facts with { OuterCaptures = Bent.Fact<IReadOnlyList<OuterCaptureFact>>([capture]) }).Find("WG-PATH-REORDER")?.Severity.ShouldBe(severity!.Value);
        mesh.With(0, facts => facts with { OuterCaptures = Bent.Fact<IReadOnlyList<OuterCaptureFact>>([capture with { Order = null }]) }).Find("WG-PATH-REORDER").ShouldBeNull();
        (mesh.With(0, facts => facts with { OuterCaptures = Bent.Fact<IReadOnlyList<OuterCaptureFact>>([capture]) }).Find("WG-PATH-REORDER") is null).ShouldBe(severity is null);
    }
}
