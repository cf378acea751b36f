// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>What the control plane publishes, held against what the nodes have.</summary>
public sealed class CniFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void HealthyCluster_IsQuiet_WholeAndInPart(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var cluster = TestCluster.Flannel(mesh, setup);
        cluster.Diagnose().ShouldBeQuiet();
        cluster.Diagnose(1).ShouldBeQuiet();
        TestCluster.Calico(Layouts.Calico(3).TalkAll()).Diagnose().ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void AnnotationDrift_AnotherKeyIsPublished_NamesTheNode(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var cluster = TestCluster.Flannel(mesh, setup).Annotate(1, KnownAnnotations.FlannelBackendData, TestCluster.Data(Keys.Of("old"), 51820));
        Causes(cluster.Diagnose()).ShouldBe(["WG-CNI-ANNOTATION-DRIFT node-001"]);
    }

    [Fact]
    public void AnnotationDrift_OthersFollowedTheWrongKey_ExplainsKeyDrift()
    {
        var mesh = Layouts.Flannel(3, new Setup(Keepalive: 25));
        var cluster = TestCluster.Flannel(mesh, new Setup());
        cluster.Annotate(1, KnownAnnotations.FlannelBackendData, TestCluster.Data(Keys.Of("old"), 51820));
        foreach (var other in new[] { 0, 2 })
        {
            var entry = mesh.Peer(other, 1);
            (entry.Key, entry.Sent) = (Keys.Of("old"), new(888, 444));
        }

        mesh.Talk(0, 2);
        Causes(cluster.Diagnose()).ShouldBe(["WG-CNI-ANNOTATION-DRIFT node-001"]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"PublicKey":"short"}""")]
    [InlineData("[]")]
    public void AnnotationDrift_UnreadableData_NamesTheNode(string data)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        Causes(TestCluster.Flannel(mesh, new Setup()).Annotate(2, KnownAnnotations.FlannelBackendData, data).Diagnose()).ShouldBe(["WG-CNI-ANNOTATION-DRIFT node-002"]);
    }

    [Fact]
    public void AnnotationDrift_AnotherPort_NamesTheNode_NoPortIsFine()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var cluster = TestCluster.Flannel(mesh, new Setup());
        cluster.Annotate(2, KnownAnnotations.FlannelBackendData, TestCluster.Data(mesh.Device(2).Key, 51999));
        Causes(cluster.Diagnose()).ShouldBe(["WG-CNI-ANNOTATION-DRIFT node-002"]);
        cluster.Annotate(2, KnownAnnotations.FlannelBackendData, $$"""{"PublicKey":"{{mesh.Device(2).Key}}"}""").Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void AnnotationDrift_ZeroKeyOfANodeWithoutEncryption_IsQuiet()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        TestCluster.Calico(mesh).Annotate(2, KnownAnnotations.CalicoKey, Convert.ToBase64String(new byte[32])).Diagnose(0, 1)
            .RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-CNI-ANNOTATION-DRIFT");
    }

    [Fact]
    public void KeyConflict_TwoNodesPublishOneKey_IsOneCause()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        var cluster = TestCluster.Calico(mesh).Annotate(2, KnownAnnotations.CalicoKey, mesh.Device(1).Key);
        var cause = cluster.Diagnose().RootCauses.Single(found => found.Finding.Severity >= Severity.Warning);
        cause.Finding.Code.ShouldBe("WG-CNI-KEY-CONFLICT");
        cause.Finding.Message.ShouldContain("calico-001");
        cause.Finding.Message.ShouldContain("calico-002");
    }

    [Fact]
    public void KeyConflict_TwoNodeObjectsOfOneMachine_IsOnlyNoted()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var cluster = TestCluster.Flannel(mesh, new Setup());
        cluster.Nodes.Add(cluster.Nodes[1] with { Name = "renamed", Ready = false });
        cluster.Diagnose().ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void MissingPeer_AgentDidNotMakeOne_NamesItsNode_BothEndsOrOne(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        mesh.Device(0).Peers.Remove(mesh.Peer(0, 2));
        mesh.Peer(2, 0).Received = new(500, 0);
        var cluster = TestCluster.Flannel(mesh, setup);
        Causes(cluster.Diagnose()).ShouldBe(["WG-CNI-MISSING-PEER node-000"]);
        Causes(cluster.Diagnose(0)).ShouldBe(["WG-CNI-MISSING-PEER node-000"]);
    }

    [Fact]
    public void MissingPeer_OfANodeThatIsNotReadyOrHasNoKey_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).Talk(0, 1);
        mesh.Device(0).Peers.Remove(mesh.Peer(0, 2));
        mesh.Device(1).Peers.Remove(mesh.Peer(1, 2));
        var cluster = TestCluster.Flannel(mesh, new Setup());
        cluster.Nodes[2] = cluster.Nodes[2] with { Ready = false };
        cluster.Diagnose(0, 1).ShouldBeQuiet();
        cluster.Nodes[2] = cluster.Nodes[2] with { Ready = true, Annotations = new Dictionary<string, string>(StringComparer.Ordinal) };
        cluster.Diagnose(0, 1).ShouldBeQuiet();
    }

    [Fact]
    public void StalePeer_HoldsALivingNodesRange_IsAnError_ElseANote()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var cluster = TestCluster.Flannel(mesh, new Setup());
        mesh.Device(0).AddPeer(Keys.Of("gone")).Allow("10.244.77.0/24").Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.99"), 51820);
        var noted = cluster.Diagnose();
        noted.ShouldBeQuiet();
        noted.RootCauses.ShouldHaveSingleItem().Finding.Code.ShouldBe("WG-CNI-STALE-PEER");

        mesh.Peer(0, 2).AllowedIps = [];
        mesh.Device(0).Peers[^1].Allow("10.244.2.0/24");
        Causes(cluster.Diagnose()).ShouldContain("WG-CNI-STALE-PEER node-000");
    }

    [Fact]
    public void StalePeer_EmptyOrFreshOrAtALivingNode_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var cluster = TestCluster.Flannel(mesh, new Setup());
        mesh.Device(0).AddPeer(Keys.Of("leftover of a key change"));
        mesh.Device(1).AddPeer(Keys.Of("a laptop")).Allow("10.99.0.7/32").HandshakeAge = 30;
        mesh.Device(2).AddPeer(Keys.Of("at a living node")).Allow("10.99.0.8/32").Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.11"), 4000);
        Codes(cluster.Diagnose()).ShouldNotContain("WG-CNI-STALE-PEER");
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void PodCidrChanged_OthersHoldTheOldRange_IsFound(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var cluster = TestCluster.Flannel(mesh, setup);
        cluster.Nodes[2] = cluster.Nodes[2] with { PodCidrs = [IpPrefix.Parse(setup.V4 ? "10.244.9.0/24" : "fd00:244:0:9::/64")] };
        Codes(cluster.Diagnose()).ShouldBe(["WG-CNI-PODCIDR-CHANGED"]);
        cluster.Nodes[2] = cluster.Nodes[2] with { PodCidrs = [] };
        cluster.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void AddressPending_KeyButNoAddress_IsFound_HostEncryptionIsQuiet()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        var cluster = TestCluster.Calico(mesh).Annotate(1, KnownAnnotations.CalicoTunnelAddress, null);
        cluster.Diagnose().ShouldBeQuiet();
        mesh[1].Addresses.RemoveAll(address => address.Link == mesh.Device(1).Link);
        Causes(cluster.Diagnose()).ShouldContain("WG-CNI-WG-ADDRESS-PENDING calico-001");
    }

    [Fact]
    public void PlaintextLeak_ThrowForAnEncryptedNode_IsFound_WithoutTheControlPlane()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        mesh[0].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.100.1.0/26"));
        mesh[0].AddRoute("10.100.1.0/26", 0, table: 1, protocol: 80, type: RouteType.Throw);
        var cause = mesh.Diagnose().RootCauses[0];
        (cause.Finding.Code, cause.Finding.Subject.Node).ShouldBe(("WG-CNI-PLAINTEXT-LEAK", "calico-000"));
        cause.Finding.Subject.Prefixes.ShouldBe([IpPrefix.Parse("10.100.1.0/26")]);
    }

    [Fact]
    public void PlaintextLeak_OwnBlocksAndBorrowedAddresses_AreQuiet()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        // A pod of node 0 has an address of node 1's block.
        mesh[0].AddRoute("10.100.1.9/32", mesh[0].LinkIndex("cali0")).AddRoute("10.100.1.9/32", 0, table: 1, protocol: 80, type: RouteType.Throw);
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-CNI-PLAINTEXT-LEAK");
    }

    private static IReadOnlyList<string> Causes(DiagnosisReport report) =>
        [.. report.RootCauses.Where(cause => cause.Finding.Severity >= Severity.Warning).Select(cause => $"{cause.Finding.Code} {cause.Finding.Subject.Node}")];

    private static IReadOnlyList<string> Codes(DiagnosisReport report) =>
        [.. report.RootCauses.Where(cause => cause.Finding.Severity >= Severity.Warning).Select(cause => cause.Finding.Code).Distinct()];
}
