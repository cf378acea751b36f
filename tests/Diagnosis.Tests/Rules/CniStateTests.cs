// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Cni;
using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Agents, leaders, gateways, files and other networks: the state of a pod network beside what it publishes.</summary>
public sealed class CniStateTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void AgentDown_LongEnough_IsFound_AnUpdateIsQuiet(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var cluster = TestCluster.Flannel(mesh, setup);
        cluster.Nodes[1] = cluster.Nodes[1] with { Agent = new ClusterAgent("kube-flannel-ds-x", false, TestNode.Now.AddSeconds(-600), "Flannel") };
        cluster.Diagnose().ShouldHaveOne("WG-CNI-AGENT-DOWN", "node-001");
        cluster.Nodes[1] = cluster.Nodes[1] with { Agent = new ClusterAgent("kube-flannel-ds-x", false, TestNode.Now.AddSeconds(-60), "Flannel") };
        cluster.Diagnose().ShouldBeQuiet();
        cluster.Nodes[1] = cluster.Nodes[1] with { Agent = new ClusterAgent("cilium-x", false, TestNode.Now.AddSeconds(-600), "Cilium") };
        cluster.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void AgentDown_ExplainsThePeerItDidNotMake()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh.Device(0).Peers.Remove(mesh.Peer(0, 2));
        mesh.Peer(2, 0).Received = new(500, 0);
        var cluster = TestCluster.Flannel(mesh, new Setup());
        cluster.Nodes[0] = cluster.Nodes[0] with { Agent = new ClusterAgent("kube-flannel-ds-x", false, TestNode.Now.AddSeconds(-600)) };
        var report = cluster.Diagnose();
        report.ShouldHaveOne("WG-CNI-AGENT-DOWN", "node-000").Consequences.Select(finding => finding.Code).ShouldContain("WG-CNI-MISSING-PEER");
    }

    [Fact]
    public void AgentDown_KilosLastSignOfLife_CountsWhereOthersLive()
    {
        var (_, cluster) = Kilo();
        cluster.Annotate(0, KnownAnnotations.KiloLastSeen, Seconds(-600));
        cluster.Diagnose().ShouldHaveOne("WG-CNI-AGENT-DOWN", "kilo-0");
        for (var i = 0; i < 3; i++) cluster.Annotate(i, KnownAnnotations.KiloLastSeen, Seconds(-600));
        cluster.Diagnose().ShouldBeQuiet();
        for (var i = 0; i < 3; i++) cluster.Annotate(i, KnownAnnotations.KiloLastSeen, "99999999999999999999");
        cluster.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void EndpointDrift_OthersUseItInVain_IsCritical()
    {
        var mesh = Layouts.Flannel(3, new Setup(Keepalive: 25)).Talk(0, 2);
        var cluster = TestCluster.Flannel(mesh, new Setup()).Annotate(1, KnownAnnotations.FlannelPublicIp, "192.0.2.99");
        foreach (var other in new[] { 0, 2 })
        {
            mesh.Peer(other, 1).Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.99"), 51820);
            mesh.Peer(other, 1).Sent = new(888, 444);
        }

        // Node 2 has not sent anything since the address changed.
        (mesh.Peer(2, 1).HandshakeAge, mesh.Peer(2, 1).Sent) = (100, new(888, 0));
        var cause = cluster.Diagnose().RootCauses[0];
        (cause.Finding.Code, cause.Finding.Subject.Node, cause.Finding.Severity).ShouldBe(("WG-CNI-ENDPOINT-DRIFT", "node-001", Severity.Critical));
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-ENDPOINT-STALE-IP");
    }

    [Theory, MemberData(nameof(Setup.Families), MemberType = typeof(Setup))]
    public void EndpointDrift_WhileSessionsLive_IsAWarning(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var annotation = setup.V4 ? KnownAnnotations.FlannelPublicIp : KnownAnnotations.FlannelPublicIpV6;
        var cluster = TestCluster.Flannel(mesh, setup).Annotate(1, annotation, setup.V4 ? "192.0.2.99" : "2001:db8::99");
        cluster.Diagnose().ShouldHaveOne("WG-CNI-ENDPOINT-DRIFT", "node-001").Finding.Severity.ShouldBe(Severity.Warning);
        // The address of another node.
        cluster.Annotate(1, annotation, setup.V4 ? "192.0.2.10" : "2001:db8::a").Diagnose().ShouldHaveOne("WG-CNI-ENDPOINT-DRIFT", "node-001");
    }

    [Fact]
    public void EndpointDrift_TranslatedAddresses_AreQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var cluster = TestCluster.Flannel(mesh, new Setup()).Annotate(1, KnownAnnotations.FlannelPublicIp, "203.0.113.7");
        cluster.Diagnose().ShouldBeQuiet();
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(IpAddr.Parse("203.0.113.7"), 51820);
        cluster.Diagnose().ShouldBeQuiet();
        cluster.Annotate(1, KnownAnnotations.FlannelPublicIp, "192.0.2.99");
        cluster.Nodes[1] = cluster.Nodes[1] with { Addresses = [.. cluster.Nodes[1].Addresses, IpAddr.Parse("192.0.2.99")] };
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.11"), 51820);
        cluster.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void DuplicateOwner_LeftoverDeviceTakesThePrefixes_IsFound_AWideTunnelIsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var cluster = TestCluster.Flannel(mesh, new Setup());
        var leftover = mesh[0].AddDevice("antrea-wg0");
        leftover.Port = 51900;
        leftover.AddPeer(Keys.Of("antrea's peer")).Allow("10.244.1.0/24");
        mesh[0].AddRoute("10.244.1.0/24", leftover.Link);
        cluster.Diagnose().Find("WG-CNI-DUPLICATE-OWNER")!.Subject.ShouldSatisfyAllConditions(
            subject => subject.Node.ShouldBe("node-000"),
            subject => subject.Device.ShouldBe("antrea-wg0"),
            subject => subject.Prefixes.ShouldBe([IpPrefix.Parse("10.244.1.0/24")]));

        var wide = Layouts.Flannel(3, new Setup()).TalkAll();
        var published = TestCluster.Flannel(wide, new Setup());
        var vpn = wide[0].AddDevice("wt0");
        vpn.Port = 51900;
        var peer = vpn.AddPeer(Keys.Of("office")).Allow("10.0.0.0/8");
        peer.HandshakeAge = 20;
        wide[0].AddRoute("10.0.0.0/8", vpn.Link);
        published.Diagnose().Find("WG-CNI-DUPLICATE-OWNER").ShouldBeNull();
    }

    [Fact]
    public void DuplicateOwner_TheOtherHasThePort_ExplainsThePortInUse()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var cluster = TestCluster.Flannel(mesh, new Setup());
        var thief = mesh[0].AddDevice("wt0");
        thief.AddPeer(Keys.Of("elsewhere")).Allow("100.64.0.9/32").HandshakeAge = 20;
        mesh[0].SetDown(mesh.Device(0));
        var cause = cluster.Diagnose().RootCauses[0];
        cause.Finding.Code.ShouldBe("WG-CNI-DUPLICATE-OWNER");
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-PORT-IN-USE");
    }

    [Fact]
    public void ConfigOrder_AnotherFileComesFirst_IsFound_ChainsAndFilesSetAsideAreQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var cluster = TestCluster.Flannel(mesh, new Setup());
        CniNetworkFact bridge = new([new CniPluginFact { Type = "bridge", Subnets = ["10.88.0.0/16"] }], "crio", "1.0.0");
        SetCni(mesh, bridge, new("00-crio.conf", CniFileState.Effective, "crio"), new("10-flannel.conflist", CniFileState.Shadowed, "cbr0"));
        var cause = cluster.Diagnose().ShouldHaveOne("WG-CNI-CONFIG-ORDER", "node-000");
        cause.Finding.Message.ShouldContain("00-crio.conf");
        cause.Finding.Evidence.ShouldContain(seen => seen.Observed == "10.88.0.0/16");

        SetCni(mesh, null, new CniFileFact("10-flannel.conflist", CniFileState.Unusable, "no JSON, or nested too deeply"));
        cluster.Diagnose().ShouldHaveOne("WG-CNI-CONFIG-ORDER", "node-000");

        SetCni(mesh, bridge, new("00-crio.conf", CniFileState.Effective, "crio"), new("10-flannel.conflist.cilium_bak", CniFileState.SetAside));
        cluster.Diagnose().ShouldBeQuiet();
        SetCni(mesh, new([new CniPluginFact { Type = "multus" }], "multus", "1.0.0"), new("00-multus.conf", CniFileState.Effective), new("10-flannel.conflist", CniFileState.Shadowed));
        cluster.Diagnose().ShouldBeQuiet();
        SetCni(mesh, new([new CniPluginFact { Type = "flannel" }, new CniPluginFact { Type = "portmap" }], "cbr0", "1.0.0"), new("10-flannel.conflist", CniFileState.Effective), new("20-flannel.conf", CniFileState.Shadowed));
        cluster.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void StrictModeDrop_GrowingCounter_IsFound_OldOrUnreadOnesAreSilent()
    {
        var mesh = Layouts.Cilium(3).TalkAll();
        Drops(mesh, new DatapathDropFact("cilium", "Traffic is unencrypted", new Counter(900, 0)), new DatapathDropFact("cilium", "Policy denied", new Counter(900, 40)));
        mesh.Diagnose().ShouldBeQuiet();
        Drops(mesh, new DatapathDropFact("cilium", "Traffic is unencrypted", new Counter(900, 40)));
        mesh.Diagnose().ShouldHaveOne("WG-CNI-STRICT-MODE-DROP", "cilium-000");
        var flannel = Layouts.Flannel(3, new Setup()).TalkAll();
        Drops(flannel, new DatapathDropFact("cilium", "Traffic is unencrypted", new Counter(900, 40)));
        flannel.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void NodeEncryptionLoss_DecryptedAndNotDelivered_IsFound_PolicyDropsAndUnreadCountersAreSilent()
    {
        var mesh = Layouts.Cilium(3).TalkAll();
        InnerTestFact test = new() { Device = "cilium_wg0", PeerKey = mesh.Device(1).Key, Sent = 5, Decrypted = 5, Delivered = 0 };
        Inner(mesh, test);
        mesh.Diagnose().ShouldBeQuiet();
        Drops(mesh, new DatapathDropFact("cilium", "Policy denied", new Counter(7, 5)));
        mesh.Diagnose().ShouldBeQuiet();
        Drops(mesh, new DatapathDropFact("cilium", "Policy denied", new Counter(7, 0)));
        mesh.Diagnose().ShouldHaveOne("WG-CILIUM-NODE-ENCRYPTION-LOSS", "cilium-000").Finding.AffectedTunnels.ShouldContain(tunnel => tunnel.FromNode == "cilium-001");
        Inner(mesh, test with { Delivered = 5 });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void KiloLeader_TwoUpInOneLocation_IsFound_FullGranularityIsQuiet()
    {
        var (mesh, cluster) = Kilo();
        cluster.Diagnose().ShouldBeQuiet();
        mesh[2].ChangeLink(mesh.Device(2).Link, link => link with { Up = true, LowerUp = true });
        cluster.Diagnose().ShouldHaveOne("WG-KILO-LEADER-CHANGE", "kilo-1").Finding.Message.ShouldContain("kilo-2");
        for (var i = 0; i < 3; i++) cluster.Annotate(i, KnownAnnotations.KiloGranularity, "full");
        cluster.Diagnose().ShouldBeQuiet();
        for (var i = 0; i < 3; i++) cluster.Annotate(i, KnownAnnotations.KiloGranularity, null);
        cluster.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void KiloLeader_TheAnnotatedOneIsDown_IsFound_UnlessItWasGone()
    {
        var (_, cluster) = Kilo();
        cluster.Annotate(2, KnownAnnotations.KiloLeader, "true");
        cluster.Diagnose().ShouldHaveOne("WG-KILO-LEADER-CHANGE", "kilo-2");
        cluster.Annotate(2, KnownAnnotations.KiloLastSeen, Seconds(-90)).Diagnose().ShouldBeQuiet();
        cluster.Annotate(2, KnownAnnotations.KiloLastSeen, Seconds(-5)).Annotate(1, KnownAnnotations.KiloLeader, "true").Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void SubmarinerFailover_RoutesOfTheGatewayAreGone_IsFound()
    {
        var mesh = Submariner();
        mesh.Diagnose().ShouldBeQuiet();
        mesh[0].Routes.RemoveAll(route => route.Table == 150);
        var cause = mesh.Diagnose().RootCauses[0];
        (cause.Finding.Code, cause.Finding.Subject.Node).ShouldBe(("WG-SUBMARINER-FAILOVER", "gateway-0"));
    }

    [Fact]
    public void SubmarinerFailover_AnotherNodeSendsToTheFormerGateway_NamesThatNode()
    {
        var mesh = Submariner();
        var former = Layouts.Node("former", 5, v6: false);
        former.AddAddress(former.AddLink("vx-submariner", "vxlan"), "240.2.0.15/8");
        var worker = Layouts.Node("worker", 6, v6: false);
        var overlay = worker.AddLink("vx-submariner", "vxlan");
        worker.AddAddress(overlay, "240.2.0.16/8").AddRoute("10.131.0.0/16", overlay, "240.2.0.15");
        mesh[0].AddAddress(mesh[0].AddLink("vx-submariner", "vxlan"), "240.2.0.10/8");
        mesh.Nodes.Add(former);
        mesh.Nodes.Add(worker);
        mesh.Diagnose().ShouldHaveOne("WG-SUBMARINER-FAILOVER", "worker");
        worker.Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.131.0.0/16"));
        worker.AddRoute("10.131.0.0/16", overlay, "240.2.0.10");
        mesh.Diagnose().ShouldBeQuiet();
    }

    private static string Seconds(double ago) => TestNode.Now.AddSeconds(ago).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static void SetCni(TestMesh mesh, CniNetworkFact? network, params CniFileFact[] files)
    {
        mesh[0].Changes.Clear();
        mesh[0].Changes.Add(facts => facts with { Cni = Bent.Fact(new CniFact { Folders = [new CniFolderFact("/etc/cni/net.d", files, network)] }) });
    }

    private static void Drops(TestMesh mesh, params DatapathDropFact[] drops) => mesh[0].Changes.Add(facts => facts with { DatapathDrops = Bent.Fact<IReadOnlyList<DatapathDropFact>>(drops) });

    private static void Inner(TestMesh mesh, InnerTestFact test) => mesh[0].Changes.Add(facts => facts with { InnerTests = Bent.Fact<IReadOnlyList<InnerTestFact>>([test]) });

    // Location a is node 0, location b nodes 1 and 2, of which 1 leads.
    private static (TestMesh Mesh, TestCluster Cluster) Kilo()
    {
        var mesh = new TestMesh();
        for (var i = 0; i < 3; i++)
        {
            var node = Layouts.Node($"kilo-{i}", i, v6: false);
            var device = node.AddDevice("kilo0");
            if (i == 2) node.SetDown(device);
            else node.AddAddress(device.Link, $"10.4.0.{i + 1}/16");
            Layouts.PodBridge(node, "kube-bridge", $"10.42.{i}.1/24");
            mesh.Nodes.Add(node);
        }

        Layouts.Enter(mesh, 0, 1, new Setup(), ["10.4.0.2/32", "10.42.1.0/24", "10.42.2.0/24", "192.0.2.11/32", "192.0.2.12/32"]);
        Layouts.Enter(mesh, 1, 0, new Setup(), ["10.4.0.1/32", "10.42.0.0/24", "192.0.2.10/32"]);
        mesh[0].AddRoute("10.42.1.0/24", mesh.Device(0).Link, "10.4.0.2", protocol: 4).AddRoute("10.42.2.0/24", mesh.Device(0).Link, "10.4.0.2", protocol: 4);
        mesh[1].AddRoute("10.42.0.0/24", mesh.Device(1).Link, "10.4.0.1", protocol: 4).AddRoute("10.42.2.0/24", mesh[1].AddLink("tunl0", "ipip"), "192.0.2.12", protocol: 4);
        mesh.Talk(0, 1);
        var cluster = new TestCluster(mesh);
        for (var i = 0; i < 3; i++)
        {
            cluster.Nodes.Add(new ClusterNode
            {
                Name = mesh[i].Name,
                Ready = true,
                Addresses = [IpAddr.Parse($"192.0.2.{10 + i}")],
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [KnownAnnotations.KiloKey] = mesh.Device(i).Key,
                    [KnownAnnotations.KiloEndpoint] = $"192.0.2.{10 + i}:51820",
                    [KnownAnnotations.KiloLocation] = i == 0 ? "a" : "b",
                    [KnownAnnotations.KiloGranularity] = "location",
                    [KnownAnnotations.KiloLastSeen] = Seconds(-10),
                },
            });
        }

        return (mesh, cluster);
    }

    private static TestMesh Submariner()
    {
        var mesh = new TestMesh();
        for (var i = 0; i < 2; i++)
        {
            var node = Layouts.Node($"gateway-{i}", i, v6: false);
            var device = node.AddDevice("submariner");
            device.Port = 4500;
            Layouts.PodBridge(node, "cni0", $"10.{130 + i}.0.1/24");
            node.AddRoute($"10.{131 - i}.0.0/16", device.Link, table: 150);
            node.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 150, Action = 1, Table = 150 });
            mesh.Nodes.Add(node);
        }

        Layouts.Connect(mesh, new Setup(Keepalive: 10), i => [$"10.{130 + i}.0.0/16"]);
        return mesh.Talk(0, 1);
    }
}
