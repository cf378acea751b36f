// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class KeyFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void PresharedKeys_Differ_IsTheCause(Setup setup)
    {
        var mesh = Answered(setup);
        (mesh.Peer(0, 1).Fingerprint, mesh.Peer(1, 0).Fingerprint) = ("aaaaaa", "bbbbbb");
        var cause = mesh.Diagnose().ShouldHaveOne("WG-PSK-MISMATCH", "node-000");
        cause.Finding.Severity.ShouldBe(Severity.Critical);
        mesh.Diagnose(0).RootCauses.ShouldAllBe(one => one.Finding.Code != "WG-PSK-MISMATCH");
    }

    [Fact]
    public void PresharedKey_AtOneEndOnly_NamesTheEndWithout()
    {
        var mesh = Answered(new Setup());
        mesh.Peer(1, 0).HasPresharedKey = false;
        mesh.Peer(0, 1).Fingerprint = "aaaaaa";
        mesh.Diagnose().ShouldHaveOne("WG-PSK-MISMATCH", "node-001");
    }

    [Fact]
    public void PresharedKeys_Equal_TheAnswerIsLost()
    {
        var mesh = Answered(new Setup());
        (mesh.Peer(0, 1).Fingerprint, mesh.Peer(1, 0).Fingerprint) = ("aaaaaa", "aaaaaa");
        mesh.Diagnose().ShouldHaveOne("WG-HANDSHAKE-RESPONSE-LOST", "node-000").Finding.Confidence.ShouldBe(0.85);
        // Not known: less sure, and it says so.
        mesh.Peer(1, 0).Fingerprint = null;
        var unsure = mesh.Diagnose().ShouldHaveOne("WG-HANDSHAKE-RESPONSE-LOST", "node-000");
        unsure.Finding.Confidence.ShouldBe(0.5);
        unsure.Finding.Message.ShouldContain("preshared keys");
    }

    [Fact]
    public void PresharedKeys_EqualOnAHealthyTunnel_AreQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        foreach (var peer in mesh.Nodes.SelectMany(node => node.Device.Peers)) (peer.HasPresharedKey, peer.Fingerprint) = (true, "aaaaaa");
        mesh.Diagnose().ShouldBeQuiet();
        // Changed a moment ago on one side: the session still lives.
        mesh.Peer(0, 1).Fingerprint = "bbbbbb";
        mesh.Diagnose().RootCauses.ShouldHaveSingleItem().Finding.Severity.ShouldBe(Severity.Warning);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void KeyDuplicate_BothInUse_IsFound(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).Talk(0, 2).Talk(1, 2);
        Clone(mesh);
        mesh.Peer(2, 0).PreviousEndpoint = new(mesh.Peer(2, 0).Endpoint!.Value.Address, 4000);
        var report = mesh.Diagnose();
        report.RootCauses[0].Finding.Code.ShouldBe("WG-KEY-DUPLICATE");
        report.RootCauses[0].Finding.Confidence.ShouldBe(0.98);
    }

    [Fact]
    public void KeyDuplicate_StandbyThatIsDown_IsANote()
    {
        var mesh = Layouts.Flannel(3, new Setup()).Talk(0, 2);
        Clone(mesh);
        mesh[1].SetDown(mesh.Device(1));
        mesh.Diagnose().RootCauses.Single(cause => cause.Finding.Code == "WG-KEY-DUPLICATE").Finding.Severity.ShouldBe(Severity.Info);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void WrongKey_ThatNeverWorked_NamesTheHolder(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).Talk(0, 2).Talk(1, 2);
        mesh.Peer(0, 1).Sent = new(444, 444);
        mesh.Peer(0, 1).Key = Keys.Of("wrong");
        mesh.Diagnose().ShouldHaveOne("WG-KEY-MISMATCH-RESPONDER", "node-000").Commands().Count.ShouldBe(2);
        // It worked once: the key changed.
        mesh.Device(1)[mesh.Device(0)].HandshakeAge = 30;
        mesh.Diagnose().ShouldHaveOne("WG-KEY-DRIFT", "node-000");
    }

    [Fact]
    public void KeyMadeAnew_AfterTwoMinutes_IsEphemeral()
    {
        var mesh = Layouts.Flannel(3, new Setup(Keepalive: 25)).Talk(0, 2).Talk(1, 2);
        var stale = mesh.Peer(0, 1);
        (stale.HandshakeAge, stale.Sent, stale.Received) = (300, new(9000, 444), new(9000, 0));
        mesh.Device(1)[mesh.Device(0)].Sent = new(444, 444);
        mesh.Device(1)[mesh.Device(2)].HandshakeAge = 20;
        stale.Key = Keys.Of("before the reboot");
        var cause = mesh.Diagnose().ShouldHaveOne("WG-KEY-EPHEMERAL", "node-001");
        cause.Consequences.ShouldContain(finding => finding.Code == "WG-KEY-DRIFT");
        // A moment after the restart it is a race, and only what is seen is named.
        stale.HandshakeAge = 60;
        mesh.Diagnose().RootCauses.ShouldNotContain(one => one.Finding.Code == "WG-KEY-EPHEMERAL");
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void KeyUnset_DeviceWithPeers_IsTheCause(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).Talk(0, 2);
        mesh.Peer(0, 1).Sent = new(444, 444);
        mesh.Device(1).KeyUnset = true;
        var cause = mesh.Diagnose().ShouldHaveOne("WG-KEY-UNSET", "node-001");
        cause.Finding.AffectedTunnels.ShouldContain(tunnel => tunnel.FromNode == "node-000");
        mesh[1].Observed = 0;
        mesh.Diagnose().RootCauses.First(one => one.Finding.Code == "WG-KEY-UNSET").Finding.Severity.ShouldBe(Severity.Warning);
    }

    [Fact]
    public void KeyUnset_DeviceWithoutPeers_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].AddDevice("wg-new").KeyUnset = true;
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void SelfPeer_InTheConfiguration_IsFound_ATemplateIsANote()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh.Diagnose().ShouldBeQuiet();
        Configure(mesh, [mesh.Device(0).Key]);
        mesh.Diagnose().ShouldHaveOne("WG-KEY-SELF-PEER", "node-000");
        mesh[0].Changes.Clear();
        Configure(mesh, [mesh.Device(0).Key, mesh.Device(1).Key, mesh.Device(2).Key]);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void SelfPeer_InsteadOfOneThatWaits_IsAnError_TemplatesOfTwoAreANote()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        Configure(mesh, [mesh.Device(0).Key, mesh.Device(1).Key]);
        mesh.Diagnose().ShouldBeQuiet();
        // Networks that are not behind the device: another one was meant, though nobody observed waits.
        mesh[0].Changes.Clear();
        Configure(mesh, [mesh.Device(0).Key, mesh.Device(1).Key], IpPrefix.Parse("10.99.7.0/24"));
        mesh.Diagnose().ShouldHaveOne("WG-KEY-SELF-PEER", "node-000").Finding.Severity.ShouldBe(Severity.Warning);
        var three = Layouts.Flannel(3, new Setup()).TalkAll();
        three.Device(0).Peers.Remove(three.Peer(0, 2));
        (three.Peer(2, 0).HandshakeAge, three.Peer(2, 0).Sent, three.Peer(2, 0).Received) = (700, new(9000, 444), new(9000, 0));
        Configure(three, [three.Device(0).Key, three.Device(1).Key]);
        var cause = three.Diagnose().ShouldHaveOne("WG-KEY-SELF-PEER", "node-000");
        cause.Finding.Severity.ShouldBe(Severity.Error);
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-PEER-MISSING");
    }

    [Fact]
    public void FullMesh_TwoThatLackEachOther_AreFound_OtherShapesAreNot()
    {
        var mesh = Layouts.Flannel(6, new Setup()).TalkAll();
        var (one, other) = (mesh.Peer(1, 4), mesh.Peer(4, 1));
        mesh.Device(1).Peers.Remove(one);
        mesh.Device(4).Peers.Remove(other);
        mesh.Diagnose().RootCauses.Where(cause => cause.Finding.Severity >= Severity.Warning).ShouldHaveSingleItem().Finding.Code.ShouldBe("WG-PEER-MISSING");
        Layouts.Hub(6).Diagnose().ShouldBeQuiet();
        var four = Layouts.Flannel(4, new Setup()).TalkAll();
        (one, other) = (four.Peer(1, 3), four.Peer(3, 1));
        four.Device(1).Peers.Remove(one);
        four.Device(3).Peers.Remove(other);
        four.Diagnose().ShouldBeQuiet();
    }

    private static void Configure(TestMesh mesh, string[] keys, IpPrefix? first = null) => mesh[0].Changes.Add(facts => facts with
    {
        TunnelConfigs = mesh[0].Fact<IReadOnlyList<TunnelConfigFact>>([new() { Device = "wg-pods", Source = "/etc/wireguard/wg-pods.conf", Peers = [.. keys.Select((key, place) => new ConfiguredPeerFact(key, AllowedIps: place == 0 && first is { } prefix ? [prefix] : null))] }]),
    });

    private static void Clone(TestMesh mesh)
    {
        mesh.Device(2).Peers.RemoveAll(peer => peer.Key == mesh.Device(1).Key);
        foreach (var device in new[] { mesh.Device(0), mesh.Device(1) }) device.Peers.RemoveAll(peer => peer.Key != mesh.Device(2).Key);
        mesh.Device(1).Key = mesh.Device(0).Key;
    }

    // Node 0 asks, node 1 answers, and no answer opens.
    private static TestMesh Answered(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).Talk(0, 2).Talk(1, 2);
        (mesh.Peer(0, 1).Sent, mesh.Peer(1, 0).Received, mesh.Peer(1, 0).Sent) = (new(444, 444), new(444, 444), new(276, 276));
        (mesh.Peer(0, 1).HasPresharedKey, mesh.Peer(1, 0).HasPresharedKey) = (true, true);
        return mesh;
    }
}
