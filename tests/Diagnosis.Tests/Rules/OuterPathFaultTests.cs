// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Capture;
using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class OuterPathFaultTests
{
    [Fact]
    public void BlockedPath_HostGotNoPackets_IsSurer()
    {
        var mesh = Tries();
        mesh.Diagnose().ShouldHaveOne("WG-UDP-BLOCKED-PATH", "node-000").Finding.Confidence.ShouldBe(0.6);
        mesh[1].ProtocolCounters["Udp.InDatagrams"] = new(90, 1);
        mesh.Diagnose().ShouldHaveOne("WG-UDP-BLOCKED-PATH", "node-000").Finding.Confidence.ShouldBe(0.85);
    }

    [Fact]
    public void BlockedPath_HostGotThemAndNothingElse_IsNotTheWay()
    {
        var mesh = Layouts.Flannel(3, new Setup()).Talk(0, 2);
        mesh.Peer(0, 1).Sent = new(444, 444);
        mesh[1].ProtocolCounters["Udp.InDatagrams"] = new(90, 3);
        mesh.Diagnose().ShouldHaveOne("WG-HANDSHAKE-NEVER", "node-000");
    }

    [Fact]
    public void BlockedPath_SessionStillYoung_IsFoundWhenNothingArrives()
    {
        var mesh = Layouts.Flannel(2, new Setup()).Session(0, 1, age: 30);
        mesh.Peer(0, 1).Sent = new(9000, 2048);
        mesh[1].ProtocolCounters["Udp.InDatagrams"] = new(90, 0);
        mesh.Diagnose().ShouldHaveOne("WG-UDP-BLOCKED-PATH", "node-000");
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void DataOnly_SmallPacketsLostOnAYoungSession_IsFound(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).Session(0, 1, age: 8);
        (mesh.Peer(0, 1).Sent, mesh.Peer(0, 1).Received) = (new(9000, (20 * 128) + 148), new(900, 92));
        (mesh.Peer(1, 0).Received, mesh.Peer(1, 0).Sent) = (new(900, 148), new(900, 92));
        mesh.MoveLink(0, tx: 20);
        mesh.Diagnose().ShouldHaveOne("WG-DATA-ONLY-DROP", "node-000");
        // Large packets, or packets of unknown size, are another matter.
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Counters = link.Counters! with { TxPackets = new(1020, 2) } });
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-DATA-ONLY-DROP");
    }

    [Theory]
    [InlineData(OuterTestKind.HandshakeShaped, false, "WG-UDP-DPI-BLOCK")]
    [InlineData(OuterTestKind.HandshakeTos, false, "WG-HANDSHAKE-DSCP-DROP")]
    [InlineData(OuterTestKind.HandshakeShaped, true, "WG-UDP-DPI-BLOCK")]
    public void TestDatagrams_OfOneKindLost_NameTheFilter(OuterTestKind lost, bool userspace, string code)
    {
        var mesh = Tries(new Setup(Userspace: userspace));
        Test(mesh, (OuterTestKind.Random, 5, 5), (lost, 5, 0));
        mesh.Diagnose().ShouldHaveOne(code, "node-000");
        // All lost: the way is closed for everything. Too few: chance.
        foreach (var tests in new[] { new[] { (OuterTestKind.Random, 5, 0), (lost, 5, 0) }, [(OuterTestKind.Random, 5, 5), (lost, 2, 0)] })
        {
            Test(mesh, tests);
            mesh.Diagnose().ShouldHaveOne("WG-UDP-BLOCKED-PATH", "node-000");
        }
    }

    [Fact]
    public void DscpMark_OfAUserspaceDevice_IsNoMatter()
    {
        var mesh = Tries(new Setup(Userspace: true));
        Test(mesh, (OuterTestKind.Random, 5, 5), (OuterTestKind.HandshakeTos, 5, 0));
        mesh.Diagnose().ShouldHaveOne("WG-UDP-BLOCKED-PATH", "node-000");
    }

    [Theory]
    [InlineData(1, Severity.Info)]
    [InlineData(5, Severity.Warning)]
    public void Cookies_InACapture_TellOfLoad(int cookies, Severity severity)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh.Diagnose().ShouldBeQuiet();
        mesh[0].Changes.Add(facts => facts with
        {
            OuterCaptures = mesh[0].Fact<IReadOnlyList<OuterCaptureFact>>([new()
            {
                Device = "wg-pods", PeerKey = mesh.Device(1).Key, Seconds = 10, Received = new(9, 0, 0, 0), Sent = new(0, 1, cookies, 0),
            }]),
        });
        mesh.Diagnose().RootCauses.ShouldHaveSingleItem().Finding.Severity.ShouldBe(severity);
    }

    private static void Test(TestMesh mesh, params (OuterTestKind Kind, int Sent, int Arrived)[] tests)
    {
        mesh[0].Changes.Clear();
        mesh[0].Changes.Add(facts => facts with
        {
            OuterTests = mesh[0].Fact<IReadOnlyList<OuterTestFact>>([.. tests.Select(test => new OuterTestFact { Device = "wg-pods", PeerKey = mesh.Device(1).Key, Kind = test.Kind, Sent = test.Sent, Arrived = test.Arrived })]),
        });
    }

    private static TestMesh Tries(Setup? setup = null)
    {
        var mesh = Layouts.Flannel(3, setup ?? new Setup()).Talk(0, 2).Talk(1, 2);
        mesh.Peer(0, 1).Sent = new(444, 444);
        return mesh;
    }
}
