// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class ForwardingFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Forwarding_Off_NamesTheNode(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var sysctl = setup.V4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";
        mesh[1].Sysctls[sysctl] = 0;
        mesh[1].ProtocolCounters[setup.V4 ? "Ip.InAddrErrors" : "Ip6.InAddrErrors"] = new Counter(30, 30);
        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne(setup.V4 ? "WG-FORWARDING-DISABLED" : "WG-FORWARDING-V6-DISABLED", "node-001");
        cause.Commands().ShouldBe([$"node-001: sysctl -w {sysctl}=1"]);
        cause.Finding.Confidence.ShouldBeGreaterThan(0.95);
        cause.AffectedTunnels.Count.ShouldBe(4);
        report.State("node-000", "node-001").ShouldBe(TunnelState.DroppedAfterDecrypt);
        report.State("node-000", "node-002").ShouldBe(TunnelState.Healthy);
    }

    [Fact]
    public void Forwarding_OffForTheTunnelDeviceOnly_NamesItsSwitch()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[1].Sysctls["net.ipv4.conf.wg-pods.forwarding"] = 0;
        mesh.Diagnose().ShouldHaveOne("WG-FORWARDING-IFACE-OFF", "node-001").Commands().ShouldBe(["node-001: sysctl -w net.ipv4.conf.wg-pods.forwarding=1"]);
    }

    [Fact]
    public void Forwarding_ForcedForAllDevices_IsQuietAlsoWhenTheDevicesValueWasLeftOut()
    {
        var mesh = Layouts.Flannel(3, new Setup(V4: false)).TalkAll();
        mesh[1].Sysctls["net.ipv6.conf.all.forwarding"] = 0;
        mesh[1].Sysctls["net.ipv6.conf.all.force_forwarding"] = 1;
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Forwarding_DotInTheDeviceName_IsWrittenAsSlash()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        mesh[0].Sysctls["net.ipv4.conf.wireguard/cali.forwarding"] = 0;
        mesh.Diagnose().ShouldHaveOne("WG-FORWARDING-IFACE-OFF", "calico-000").Commands().ShouldBe(["calico-000: sysctl -w net.ipv4.conf.wireguard/cali.forwarding=1"]);
    }

    [Fact]
    public void Forwarding_TwoDevicesOneSwitch_IsOneCause()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        var second = Layouts.WgQuick(2, new Setup());
        for (var i = 0; i < 2; i++)
        {
            var device = mesh[i].AddDevice("wg1");
            mesh[i].AddAddress(device.Link, $"10.98.0.{i + 1}/24").AddRoute($"10.{2 - i}.0.0/24", device.Link, metric: 100);
        }

        for (var i = 0; i < 2; i++)
        {
            var peer = mesh[i].Devices[1].AddPeer(mesh[1 - i].Devices[1]).Allow($"10.98.0.{2 - i}/32", $"10.{2 - i}.0.0/24");
            peer.Endpoint = second.Peer(i, 1 - i).Endpoint;
        }

        mesh[0].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Diagnose().ShouldHaveOne("WG-FORWARDING-DISABLED", "site-000").AffectedTunnels.Count.ShouldBe(4);
    }

    [Fact]
    public void Forwarding_NothingToForward_IsQuiet()
    {
        // Host to host: only tunnel addresses in AllowedIPs, though there is a LAN.
        var mesh = Layouts.WgQuick(2, new Setup());
        for (var i = 0; i < 2; i++)
        {
            mesh[i].Sysctls["net.ipv4.ip_forward"] = 0;
            mesh.Peer(i, 1 - i).AllowedIps.RemoveAt(1);
            mesh[i].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == mesh.Device(i).Link) && route.Protocol == 3);
        }

        mesh.TalkAll().Diagnose().ShouldBeQuiet();

        // A network without anybody in it: a dummy device.
        mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh[0].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh[0].ChangeLink(mesh[0].LinkIndex("lan0"), link => link with { Kind = "dummy" });
        mesh.Diagnose().ShouldBeQuiet();

        // A virtual network that happens to lie inside a wide prefix.
        mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        mesh[0].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh[0].ChangeLink(mesh[0].LinkIndex("lan0"), link => link with { Up = false });
        Layouts.PodBridge(mesh[0], "virbr1", "10.20.200.1/24");
        mesh.Diagnose().ShouldBeQuiet();

        // BPF host routing: pods are reached past the stack.
        mesh = Layouts.Cilium(2).TalkAll();
        foreach (var node in mesh.Nodes) node.Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Forwarding_OffForAllButOnForTheDevices_IsQuiet()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[0].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh[0].Sysctls["net.ipv4.conf.wg-pods.forwarding"] = 1;
        mesh[0].Sysctls["net.ipv4.conf.cni0.forwarding"] = 1;
        mesh.Diagnose().ShouldBeQuiet();

        mesh = Layouts.Flannel(2, new Setup(V4: false, V6: true)).TalkAll();
        mesh[0].Sysctls["net.ipv6.conf.wg-pods.forwarding"] = 0;
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Forwarding_OneHostAlone_NeedsDropsForAWarning()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[0].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Diagnose(0).ShouldBeQuiet();
        mesh[0].ProtocolCounters["Ip.InAddrErrors"] = new Counter(12, 12);
        mesh.Diagnose(0).ShouldHaveOne("WG-FORWARDING-DISABLED", "node-000").Finding.Severity.ShouldBe(Severity.Warning);
    }

    [Fact]
    public void Forwarding_SysctlsUnreadable_IsListedAndQuiet()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var facts = mesh.Facts().Select(node => node with
        {
            Namespaces = [node.Namespaces[0] with { Sysctls = new() { Source = "/proc", At = node.At, NotAvailable = new(NotAvailableReason.NotPermitted, "EACCES") } }],
        }).ToList();
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));
        report.ShouldBeQuiet();
        report.CouldNotCheck.Select(item => (item.Node, item.What, item.Nodes)).ShouldBe([("node-000", "sysctls", 2)]);
    }

    [Theory]
    [InlineData("/etc/sysctl.d/99-k8s.conf=1", "WG-SYSCTL-RESET")]
    [InlineData("/etc/sysctl.d/10-k8s.conf=1 /etc/sysctl.d/99-vpn.conf=0", "WG-SYSCTL-RESET")]
    [InlineData("/etc/sysctl.d/99-hardening.conf=0", "WG-FORWARDING-DISABLED")]
    public void Forwarding_OffAgainstTheFiles_WasReset(string files, string code)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[1].Sysctls["net.ipv4.ip_forward"] = 0;
        var settings = files.Split(' ').Select(file => new Facts.Host.SysctlFileFact(file.Split('=')[0], "net.ipv4.ip_forward", file[^1] - '0')).ToList();
        mesh[1].Host = new() { SysctlFiles = new() { Source = "sysctl.d", At = TestNode.Now, Value = settings } };
        mesh.Diagnose().ShouldHaveOne(code, "node-001").Commands().ShouldBe(["node-001: sysctl -w net.ipv4.ip_forward=1"]);
    }
}
