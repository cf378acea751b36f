// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Cni;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Programs of the host that set up networks, clouds and hardware.</summary>
public sealed class HostManagerTests
{
    private static readonly DateTimeOffset Boot = TestNode.Now.AddDays(-3);

    [Fact]
    public void Networkd_StartedAgainAndTheRuleIsGone_ExplainsIt()
    {
        var mesh = WithoutRule();
        mesh[0].Host = Networkd(keepsRules: false, TestNode.Now.AddMinutes(-20));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-NETWORKD-FLUSH", "calico-000");
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-POLICY-RULE-MISSING");
        cause.Finding.Remediation.ShouldNotBeEmpty();
    }

    [Fact]
    public void Networkd_ThatKeepsRulesOrDidNotRestartOrIsUnknown_IsNotBlamed()
    {
        foreach (var host in new[]
        {
            Networkd(keepsRules: true, TestNode.Now.AddMinutes(-20)),
            Networkd(keepsRules: false, Boot.AddSeconds(20)),
            Networkd(keepsRules: false, null),
            Networkd(keepsRules: false, TestNode.Now.AddMinutes(-20)) with { Clock = null },
            new HostFacts(),
        })
        {
            var mesh = WithoutRule();
            mesh[0].Host = host;
            mesh.Diagnose().ShouldHaveOne("WG-POLICY-RULE-MISSING", "calico-000");
        }

        var healthy = Layouts.Calico(3).TalkAll();
        healthy[0].Host = Networkd(keepsRules: false, TestNode.Now.AddMinutes(-20));
        healthy.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData(true, false, "WG-NETWORKD-FLUSH")]
    [InlineData(true, true, "WG-ROUTE-MISSING")]
    [InlineData(false, false, "WG-ROUTE-MISSING")]
    [InlineData(null, false, "WG-ROUTE-MISSING")]
    public void Networkd_SingleRoutes_AreItsDoingOnLinksThatItManagesOnly(bool? managed, bool keepsRoutes, string code)
    {
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        mesh[0].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == mesh.Device(0).Link) && route.Destination.Contains(mesh.Peer(0, 2).AllowedIps[^1].Network));
        (mesh.Peer(0, 2).Sent, mesh.Peer(2, 0).Received) = (new(9000, 0), new(9000, 0));
        IReadOnlyList<int>? links = managed switch { true => [mesh.Device(0).Link], false => [mesh[0].LinkIndex("eth0")], _ => null };
        mesh[0].Host = Networkd(keepsRules: false, TestNode.Now.AddMinutes(-20)) with
        {
            Managers = Bent.Fact(new NetworkManagersFact { Networkd = new NetworkdFact(true, keepsRoutes, false, TestNode.Now.AddMinutes(-20), links) }),
        };
        mesh.Diagnose().ShouldHaveOne(code, "site-000");
    }

    [Fact]
    public void ConfigDrift_TheDevicesOwnKeyInTheFile_IsNoPeerThatIsMissing()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        SetConfig(mesh, File(mesh) with { Peers = [.. File(mesh).Peers, new(mesh.Device(0).Key)] });
        mesh.Diagnose().Find("WG-WGQUICK-CONFIG-DRIFT").ShouldBeNull();
    }

    [Fact]
    public void NetworkManager_ManagesThePodNetworksDevice_IsAWarning_AndAnErrorAfterALoss()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        mesh[0].Host = Manager(mesh.Device(0).Link);
        mesh.Diagnose().ShouldHaveOne("WG-NETWORKMANAGER-INTERFERENCE", "calico-000").Finding.Severity.ShouldBe(Severity.Warning);
        mesh[0].SetDown(mesh.Device(0));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-NETWORKMANAGER-INTERFERENCE", "calico-000");
        cause.Finding.Severity.ShouldBe(Severity.Error);
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-IFACE-DOWN");
    }

    [Fact]
    public void NetworkManager_OtherLinksOrItsOwnTunnelOrAUsers_IsQuiet()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        mesh[0].Host = Manager(mesh[0].LinkIndex("eth0"));
        mesh.Diagnose().ShouldBeQuiet();
        mesh[0].Host = Manager(mesh.Device(0).Link);
        SetConfig(mesh, new TunnelConfigFact { Device = "wireguard.cali", Source = "/etc/NetworkManager/system-connections/x.nmconnection", Manager = NetworkManagerKind.NetworkManager });
        mesh.Diagnose().ShouldBeQuiet();
        var user = Layouts.WgQuick(2, new Setup()).TalkAll();
        user[0].Host = Manager(user.Device(0).Link);
        user.Diagnose().ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void ConfigDrift_SameContent_IsQuiet_OtherPrefixesAreAWarning(Setup setup)
    {
        var mesh = Layouts.WgQuick(2, setup).TalkAll();
        SetConfig(mesh, File(mesh));
        mesh.Diagnose().ShouldBeQuiet();
        // What a later peer takes over is not the earlier one's.
        SetConfig(mesh, File(mesh) with { Peers = [new(mesh.Device(1).Key, AllowedIps: [IpPrefix.Parse("10.77.0.0/16"), .. mesh.Peer(0, 1).AllowedIps]), new(Keys.Of("later"), AllowedIps: [IpPrefix.Parse("10.77.0.0/16")])] });
        mesh.Device(0).AddPeer(Keys.Of("later")).Allow("10.77.0.0/16");
        mesh.Diagnose().Find("WG-WGQUICK-CONFIG-DRIFT").ShouldBeNull();
        mesh.Device(0).Peers.RemoveAll(peer => peer.Key == Keys.Of("later"));
        SetConfig(mesh, File(mesh) with { Peers = [new(mesh.Device(1).Key, AllowedIps: [.. mesh.Peer(0, 1).AllowedIps, IpPrefix.Parse("10.77.0.0/16")])] });
        var finding = mesh.Diagnose().ShouldHaveOne("WG-WGQUICK-CONFIG-DRIFT", "site-000").Finding;
        finding.Severity.ShouldBe(Severity.Warning);
        finding.Remediation.ShouldNotBeEmpty();
    }

    [Fact]
    public void ConfigDrift_APeerOfTheFileIsNotOnTheDevice_ExplainsTheMissingPeer()
    {
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        SetConfig(mesh, File(mesh) with { SavesItself = true });
        mesh.Device(0).Peers.Remove(mesh.Peer(0, 2));
        (mesh.Peer(2, 0).HandshakeAge, mesh.Peer(2, 0).Sent, mesh.Peer(2, 0).Received) = (700, new(9000, 444), new(9000, 0));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-WGQUICK-CONFIG-DRIFT", "site-000");
        cause.Finding.Severity.ShouldBe(Severity.Error);
        cause.Finding.Message.ShouldContain("SaveConfig");
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-PEER-MISSING");
    }

    [Fact]
    public void ConfigDrift_PeersOfTheDeviceAlone_AreANote_HooksAndPartsAreSilent()
    {
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        var part = File(mesh) with { Peers = [new(mesh.Device(1).Key, AllowedIps: mesh.Peer(0, 1).AllowedIps)] };
        SetConfig(mesh, part);
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Diagnose().Find("WG-WGQUICK-CONFIG-DRIFT")!.Severity.ShouldBe(Severity.Info);
        SetConfig(mesh, part with { HasHooks = true });
        mesh.Diagnose().Find("WG-WGQUICK-CONFIG-DRIFT").ShouldBeNull();
        SetConfig(mesh, File(mesh) with { Peers = [new(Keys.Of("nobody"))], Complete = false });
        mesh.Diagnose().Find("WG-WGQUICK-CONFIG-DRIFT").ShouldBeNull();
        SetConfig(mesh, File(mesh) with { Peers = [new(Keys.Of("nobody"))], Manager = null });
        mesh.Diagnose().Find("WG-WGQUICK-CONFIG-DRIFT").ShouldBeNull();
    }

    [Fact]
    public void FullTunnel_OnANodeOfACluster_TakesTheOuterPackets()
    {
        var (mesh, cluster) = FullTunnel();
        foreach (var other in new[] { 1, 2 }) (mesh.Peer(0, other).HandshakeAge, mesh.Peer(0, other).Sent, mesh.Peer(0, other).Received) = (900, new(9000, 444), new(9000, 0));
        var cause = cluster.Diagnose().RootCauses[0];
        (cause.Finding.Code, cause.Finding.Subject.Node, cause.Finding.Subject.Device).ShouldBe(("WG-WGQUICK-ON-K8S-NODE", "node-000", "wg0"));
        // The same node without a cluster, and without CNI files, is nobody's Kubernetes node.
        mesh.Diagnose().Find("WG-WGQUICK-ON-K8S-NODE").ShouldBeNull();
        mesh[0].Changes.Add(facts => facts with { Cni = Bent.Fact(new CniFact { Folders = [new CniFolderFact("/etc/cni/net.d", [new CniFileFact("10-flannel.conflist", CniFileState.Effective)])] }) });
        mesh.Diagnose().Find("WG-WGQUICK-ON-K8S-NODE").ShouldNotBeNull();
    }

    [Fact]
    public void FullTunnel_NodeNotReady_IsAnError_SplitTunnelsAndWorkingTunnelsAreQuiet()
    {
        var (mesh, cluster) = FullTunnel();
        mesh.Talk(0, 1).Talk(0, 2);
        cluster.Diagnose().Find("WG-WGQUICK-ON-K8S-NODE").ShouldBeNull();
        (mesh, cluster) = FullTunnel();
        mesh[0].Routes.RemoveAll(route => route.Table == 51820);
        mesh[0].AddRoute("10.99.0.0/16", mesh[0].Devices[1].Link);
        mesh[0].Devices[1].Peers[0].Allow("10.99.0.0/16");
        cluster.Diagnose().Find("WG-WGQUICK-ON-K8S-NODE").ShouldBeNull();
        (_, cluster) = FullTunnel();
        cluster.Nodes[0] = cluster.Nodes[0] with { Ready = false };
        cluster.Diagnose().Find("WG-WGQUICK-ON-K8S-NODE")!.Severity.ShouldBe(Severity.Error);
    }

    [Fact]
    public void SourceCheck_ForeignSourcesAreLost_IsCritical_UntestedOrBothLostIsSilent()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        Fabric(mesh, ("192.0.2.10", 5, 5), ("10.2.0.7", 5, 0));
        mesh.Diagnose().ShouldHaveOne("WG-CLOUD-SRC-DST-CHECK", "site-000").Finding.Confidence.ShouldBeLessThan(0.9);
        mesh[0].Host = Cloud();
        mesh.Diagnose().ShouldHaveOne("WG-CLOUD-SRC-DST-CHECK", "site-000").Finding.Confidence.ShouldBeGreaterThan(0.9);
        Fabric(mesh, ("192.0.2.10", 5, 0), ("10.2.0.7", 5, 0));
        mesh.Diagnose().ShouldBeQuiet();
        Fabric(mesh, ("192.0.2.10", 5, 5), ("10.2.0.7", 5, 4));
        mesh.Diagnose().ShouldBeQuiet();
        Fabric(mesh, ("192.0.2.10", 5, 5), ("10.2.0.7", 2, 0));
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void SecurityGroup_OnlyTheTunnelsPortIsLost_IsFoundInACloud(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup);
        (mesh.Peer(0, 1).Sent, mesh.Peer(1, 0).Sent) = (new(888, 444), new(888, 444));
        Outer(mesh, (true, 0), (false, 5));
        mesh.Diagnose().Find("WG-CLOUD-SECURITY-GROUP").ShouldBeNull();
        (mesh[0].Host, mesh[1].Host) = (Cloud(), Cloud());
        mesh.Diagnose().RootCauses[0].Finding.Code.ShouldBe("WG-CLOUD-SECURITY-GROUP");
        Outer(mesh, (true, 0), (false, 0));
        mesh.Diagnose().Find("WG-CLOUD-SECURITY-GROUP").ShouldBeNull();
        mesh.Diagnose().Find("WG-UDP-BLOCKED-PATH").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("NETDEV WATCHDOG: eth0 (e1000e): transmit queue 0 timed out", 5, true)]
    [InlineData("e1000e 0000:00:19.0 eth0: Detected Hardware Unit Hang:", 5, true)]
    [InlineData("igb 0000:01:00.0 eth0: igb: eth0 NIC Link is Down", 18, true)]
    [InlineData("igb 0000:01:00.0 eth0: igb: eth0 NIC Link is Down", 900, false)]
    [InlineData("igb 0000:01:00.0 eth0: igb: eth0 NIC Link is Up 1000 Mbps", 5, false)]
    [InlineData("NETDEV WATCHDOG: eth01 (e1000e): transmit queue 0 timed out", 5, false)]
    [InlineData("NETDEV WATCHDOG: usb0 (cdc_ether): transmit queue 0 timed out", 5, false)]
    public void DriverLog_TroubleOfTheUplinkDuringTheObservation_IsFound(string text, double age, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[1].Host = new HostFacts { KernelLog = Bent.Fact(new KernelLogFact { Lines = [new KernelLogLine(1, 3, TestNode.Now.AddSeconds(-age), KernelLogTopic.Device, text)] }) };
        var finding = mesh.Diagnose().Find("WG-HARDWARE-DRIVER-LOG");
        (finding is not null).ShouldBe(found);
        if (found) finding!.Subject.Device.ShouldBe("eth0");
        else mesh.Diagnose().ShouldBeQuiet();
    }

    private static TestMesh WithoutRule()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        mesh[0].Rules.RemoveAll(rule => rule.Table == 1);
        return mesh;
    }

    private static HostFacts Networkd(bool keepsRules, DateTimeOffset? started) => new()
    {
        Clock = Bent.Fact(new ClockFact { BootTime = Boot, UptimeSeconds = 3 * 86400 }),
        Managers = Bent.Fact(new NetworkManagersFact { Networkd = new NetworkdFact(true, false, keepsRules, started) }),
    };

    private static HostFacts Manager(int link) => new()
    {
        Managers = Bent.Fact(new NetworkManagersFact { NetworkManager = new NetworkManagerFact(true, [link]) }),
    };

    private static HostFacts Cloud() => new() { Platform = Bent.Fact(new PlatformFact("Amazon EC2", "m5.large", "Amazon EC2", null)) };

    private static TunnelConfigFact File(TestMesh mesh) => new()
    {
        Device = "wg0",
        Source = "/etc/wireguard/wg0.conf",
        Manager = NetworkManagerKind.WgQuick,
        Complete = true,
        Peers = [.. mesh.Device(0).Peers.Select(peer => new ConfiguredPeerFact(peer.Key, AllowedIps: [.. peer.AllowedIps]))],
    };

    private static void SetConfig(TestMesh mesh, TunnelConfigFact config) => mesh[0].Changes.Add(facts => facts with { TunnelConfigs = Bent.Fact<IReadOnlyList<TunnelConfigFact>>([config]) });

    private static void Fabric(TestMesh mesh, params (string Source, int Sent, int Arrived)[] tests) => mesh[0].Changes.Add(facts => facts with
    {
        FabricTests = Bent.Fact<IReadOnlyList<FabricTestFact>>([.. tests.Select(test => new FabricTestFact("eth0", IpAddr.Parse("192.0.2.77"), IpAddr.Parse(test.Source), test.Sent, test.Arrived))]),
    });

    private static void Outer(TestMesh mesh, params (bool TunnelPort, int Arrived)[] tests) => mesh[0].Changes.Add(facts => facts with
    {
        OuterTests = Bent.Fact<IReadOnlyList<OuterTestFact>>([.. tests.Select(test => new OuterTestFact
        {
            Device = mesh.Device(0).Name,
            PeerKey = mesh.Device(1).Key,
            Kind = OuterTestKind.Random,
            TunnelPort = test.TunnelPort,
            Sent = 5,
            Arrived = test.Arrived,
        })]),
    });

    // wg-quick's full tunnel beside Flannel, on a node whose peers are behind its gateway.
    private static (TestMesh Mesh, TestCluster Cluster) FullTunnel()
    {
        var mesh = Layouts.Flannel(3, new Setup());
        var cluster = TestCluster.Flannel(mesh, new Setup());
        var node = mesh[0];
        // Nobody else is on its wire.
        node.Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("192.0.2.0/24"));
        node.Addresses.RemoveAll(address => address.Address == IpAddr.Parse("192.0.2.10"));
        node.AddAddress(node.LinkIndex("eth0"), "192.0.2.10/32");
        var vpn = node.AddDevice("wg0");
        (vpn.Port, vpn.Mark) = (40000, 51820);
        var peer = vpn.AddPeer(Keys.Of("provider")).Allow("0.0.0.0/0");
        (peer.Endpoint, peer.HandshakeAge) = (new IpEndpoint(IpAddr.Parse("203.0.113.1"), 51820), 30);
        node.AddAddress(vpn.Link, "10.66.0.2/32").AddRoute("0.0.0.0/0", vpn.Link, table: 51820);
        node.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32764, Action = 1, Table = 254, SuppressPrefixLength = 0 });
        node.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32765, Action = 1, Table = 51820, Mark = 51820, MarkMask = 0xffffffff, Invert = true });
        return (mesh, cluster);
    }
}
