// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Devices that are not there, are something else, or are somewhere else; addresses that two have.</summary>
public sealed class DeviceFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Missing_NobodyHasTheKey_NamesTheNode(Setup setup)
    {
        var report = WithoutDevice(setup, _ => { }).Diagnose();
        var cause = report.ShouldHaveOne("WG-IFACE-MISSING", "node-001");
        cause.Finding.Subject.Device.ShouldBe("wg-pods");
        cause.Finding.Confidence.ShouldBeGreaterThan(0.9);
        cause.AffectedTunnels.Count.ShouldBe(2);
    }

    [Fact]
    public void Missing_SocketThatHangs_IsNotJudged()
    {
        var mesh = WithoutDevice(new Setup(Userspace: true), node => node.SocketProblems.Add(new UapiSocketFact("wg-pods", UapiSocketProblem.Hung, "no answer")));
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-IFACE-MISSING");
    }

    [Theory]
    [InlineData("dummy", false, false, "WG-IFACE-KIND-FOREIGN")]
    [InlineData("tun", true, true, "WG-IFACE-KIND-FOREIGN")]
    [InlineData("tun", false, true, "WG-LEFTOVER-STATE")]
    public void Name_IsTaken_SaysByWhat(string kind, bool carrier, bool persistent, string code)
    {
        var report = WithoutDevice(new Setup(), node =>
        {
            var index = node.AddLink("wg-pods", kind);
            node.ChangeLink(index, link => link with { LowerUp = carrier, Detail = new LinkDetailFact { Tun = kind == "tun" ? new TunDetail { Persistent = persistent } : null } });
        }).Diagnose();
        var cause = report.ShouldHaveOne(code, "node-001");
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-IFACE-MISSING");
        cause.Commands().ShouldBe(["node-001: ip link del dev wg-pods"]);
    }

    [Fact]
    public void SocketGone_UpWithoutCarrier_IsCritical()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[1].ChangeLink(mesh.Device(1).Link, link => link with { LowerUp = false });
        mesh.Diagnose().ShouldHaveOne("WG-IFACE-SOCKET-GONE", "node-001").Finding.Severity.ShouldBe(Severity.Critical);

        // A userspace device tells nothing by its carrier here.
        mesh = Layouts.Flannel(3, new Setup(Userspace: true)).TalkAll();
        mesh[1].ChangeLink(mesh.Device(1).Link, link => link with { LowerUp = false });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Moved_DownInAPod_IsFoundAndOneThatIsSetUpIsNot(bool setUp, bool found)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var node = mesh[1];
        var device = mesh.Device(1).ToFact(node.At) with { SocketNamespace = "net:[node-001]" };
        var link = node.Links.Single(own => own.Index == mesh.Device(1).Link) with { Up = setUp };
        var pod = node.ToFacts().Namespaces[0] with
        {
            Id = "net:[pod]",
            Name = "/run/netns/pod",
            Links = Read<IReadOnlyList<LinkFact>>([link]),
            Addresses = Read<IReadOnlyList<AddressFact>>(setUp ? [new AddressFact { Link = link.Index, Address = IpAddr.Parse("10.244.1.0"), PrefixLength = 32 }] : []),
            Routes = Read<IReadOnlyList<RouteFact>>([]),
            RouteLookups = Read<IReadOnlyList<RouteLookupFact>>([]),
            KernelWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([device]),
        };
        node.Devices.Clear();
        node.Links.RemoveAll(own => own.Index == link.Index);
        node.Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == link.Index));
        node.Addresses.RemoveAll(address => address.Link == link.Index);
        node.Pods.Add(pod);
        mesh.Diagnose().RootCauses.Any(cause => cause.Finding.Code == "WG-IFACE-MOVED-NETNS").ShouldBe(found);
        if (setUp) return;
        // The kernel closes the socket of a device that is down: nothing says where it was made, but the others wait for it at the host.
        var silent = pod with { KernelWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([device with { SocketNamespace = null }]) };
        node.Pods[^1] = silent;
        mesh.Diagnose().ShouldHaveOne("WG-IFACE-MOVED-NETNS", "node-001");
        // With addresses of its own it is somebody's device that is down.
        node.Pods[^1] = silent with { Addresses = Read<IReadOnlyList<AddressFact>>([new AddressFact { Link = link.Index, Address = IpAddr.Parse("10.9.0.1"), PrefixLength = 24 }]) };
        mesh.Diagnose().Find("WG-IFACE-MOVED-NETNS").ShouldBeNull();
    }

    [Fact]
    public void DuplicateAddress_OnLo_NamesTheOneWithoutTheRight()
    {
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        mesh[1].Addresses.Add(new AddressFact { Link = 1, Address = IpAddr.Parse("10.99.0.1"), PrefixLength = 32 });
        var cause = mesh.Diagnose().ShouldHaveOne("WG-ADDR-DUPLICATE", "site-001");
        cause.Commands().ShouldBe(["site-001: ip addr del 10.99.0.1/32 dev lo"]);
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-MARTIAN-SOURCE");
    }

    [Fact]
    public void DuplicateAddress_AnycastOnLo_IsQuiet()
    {
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes) node.Addresses.Add(new AddressFact { Link = 1, Address = IpAddr.Parse("169.254.20.10"), PrefixLength = 32 });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void LocalShadow_RemotePodsAddressOnLo_IsFoundAndServiceAddressesAreNot()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].AddAddress(1, "10.244.1.7/32");
        mesh.Diagnose().ShouldHaveOne("WG-ADDR-LOCAL-SHADOW", "node-000").Commands().ShouldBe(["node-000: ip addr del 10.244.1.7/32 dev lo"]);

        mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].AddAddress(mesh[0].AddLink("kube-ipvs0", "dummy"), "10.96.0.1/32");
        mesh.Diagnose().ShouldBeQuiet();
    }

    private static TestMesh WithoutDevice(Setup setup, Action<TestNode> bend)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var (node, link) = (mesh[1], mesh.Device(1).Link);
        node.Devices.Clear();
        node.Links.RemoveAll(own => own.Index == link);
        node.Addresses.RemoveAll(address => address.Link == link);
        node.Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == link));
        bend(node);
        return mesh;
    }

    private static Fact<T> Read<T>(T value)
        where T : class => new() { Source = "test", At = TestNode.Now, Value = value };
}
