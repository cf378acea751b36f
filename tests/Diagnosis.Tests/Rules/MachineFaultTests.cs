// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Clocks, kernels, modules and userspace programs.</summary>
public sealed class MachineFaultTests
{
    private static TestMesh Lost(bool userspace)
    {
        var mesh = Layouts.Flannel(3, new Setup(Userspace: userspace, Keepalive: 25)).TalkAll();
        var device = mesh.Device(1);
        foreach (var i in new[] { 0, 2 }) (mesh.Peer(i, 1).HandshakeAge, mesh.Peer(i, 1).Sent, mesh.Peer(i, 1).Received) = (500, new(9000, 444), new(9000, 0));
        mesh[1].Devices.Clear();
        mesh[1].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == device.Link));
        mesh[1].Addresses.RemoveAll(address => address.Link == device.Link);
        mesh[1].Links.RemoveAll(link => link.Index == device.Link);
        return mesh;
    }

    private static HostFacts Module(ModuleState state, KernelFact? kernel = null, params KernelLogLine[] log) => new()
    {
        Modules = Bent.Fact<IReadOnlyList<ModuleFact>>([new("wireguard", state)]),
        Kernel = Bent.Fact(kernel ?? new KernelFact { Release = "6.1.0" }),
        KernelLog = Bent.Fact(new KernelLogFact { Lines = log }),
    };

    private static KernelLogLine Line(KernelLogTopic topic, string text, double age = 5) => new(1, 3, TestNode.Now.AddSeconds(-age), topic, text);

    [Fact]
    public void ModuleMissing_ExplainsTheMissingDevice()
    {
        var cause = Lost(false).WithHost(1, Module(ModuleState.Missing)).ShouldHaveOne("WG-MODULE-MISSING", "node-001");
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-IFACE-MISSING");
        Lost(false).WithHost(1, Module(ModuleState.NotLoaded, new KernelFact { Release = "6.1.0", HasModuleFiles = false })).ShouldHaveOne("WG-MODULE-MISSING", "node-001");
    }

    [Fact]
    public void ModuleMissing_NotNeededNotKnownOrThere_IsSilent()
    {
        Lost(true).WithHost(1, Module(ModuleState.Missing)).Find("WG-MODULE-MISSING").ShouldBeNull();
        Lost(false).WithHost(1, Module(ModuleState.NotLoaded)).ShouldHaveOne("WG-IFACE-MISSING", "node-001");
        Lost(false).WithHost(1, Module(ModuleState.Loadable)).ShouldHaveOne("WG-IFACE-MISSING", "node-001");
        Layouts.Flannel(2, new Setup(Userspace: true)).TalkAll().WithHost(1, Module(ModuleState.Missing)).ShouldBeQuiet();
    }

    [Fact]
    public void ModuleSignature_RefusedByTheLoader_ExplainsTheMissingDevice()
    {
        var locked = new KernelFact { Release = "6.1.0", SecureBoot = true, SignedModulesOnly = true };
        var refusal = Line(KernelLogTopic.Module, "Loading of unsigned module is rejected", 5000);
        Lost(false).WithHost(1, Module(ModuleState.Loadable, locked, refusal)).ShouldHaveOne("WG-MODULE-SIGNATURE", "node-001");
        Lost(false).WithHost(1, Module(ModuleState.Loadable, locked)).ShouldHaveOne("WG-IFACE-MISSING", "node-001");
        Lost(false).WithHost(1, Module(ModuleState.Loadable, null, refusal)).ShouldHaveOne("WG-IFACE-MISSING", "node-001");
        var taint = Line(KernelLogTopic.Module, "wireguard: module verification failed: signature and/or required key missing - tainting kernel");
        Lost(false).WithHost(1, Module(ModuleState.Loadable, locked, taint)).ShouldHaveOne("WG-IFACE-MISSING", "node-001");
    }

    [Fact]
    public void StaleSocket_OfAMissedDevice_ExplainsIt()
    {
        var mesh = Lost(true);
        mesh[1].SocketProblems.Add(new("wg-pods", UapiSocketProblem.Stale, "connection refused"));
        mesh.Diagnose().ShouldHaveOne("WG-UAPI-SOCKET-STALE", "node-001").Consequences.Select(finding => finding.Code).ShouldContain("WG-IFACE-MISSING");
        // Nobody misses it.
        var healthy = Layouts.Flannel(2, new Setup(Userspace: true)).TalkAll();
        healthy[1].SocketProblems.Add(new("old0", UapiSocketProblem.Stale, "connection refused"));
        healthy.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData(true, false, false, true)]
    [InlineData(true, true, false, true)]
    [InlineData(true, true, true, false)]
    [InlineData(false, false, false, false)]
    public void TunUnavailable_InAMeshOfPrograms_ExplainsTheMissingDevice(bool userspace, bool present, bool right, bool found)
    {
        var report = Lost(userspace).WithHost(1, new HostFacts { TunDevice = Bent.Fact(new TunDeviceFact("/dev/net/tun", present, right)) });
        var cause = report.ShouldHaveOne(found ? "WG-TUN-UNAVAILABLE" : "WG-IFACE-MISSING", "node-001");
        cause.Consequences.Any(finding => finding.Code == "WG-IFACE-MISSING").ShouldBe(found);
    }

    [Theory]
    [InlineData(5, "BUG: soft lockup - CPU#1 stuck [kworker wg_packet_rx_poll]", Severity.Error)]
    [InlineData(5000, "RIP: 0010:wg_packet_receive+0x1f", Severity.Info)]
    public void KernelBug_NamesWireGuard_CountsByItsTime(double age, string text, Severity severity)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh.WithHost(1, Module(ModuleState.Loaded, null, Line(KernelLogTopic.Bug, text, age))).Find("WG-KERNEL-BUG")!.Severity.ShouldBe(severity);
        mesh.WithHost(1, Module(ModuleState.Loaded, null, Line(KernelLogTopic.Bug, "WARNING: at fs/ext4/inode.c", age))).Find("WG-KERNEL-BUG").ShouldBeNull();
    }

    [Fact]
    public void Suspend_InTheWindow_IsANote()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh.WithHost(1, Module(ModuleState.Loaded, null, Line(KernelLogTopic.Suspend, "PM: suspend exit"))).Find("WG-SUSPEND-RESUME")!.Severity.ShouldBe(Severity.Info);
        mesh.WithHost(1, Module(ModuleState.Loaded, null, Line(KernelLogTopic.Suspend, "PM: suspend exit", 900))).Find("WG-SUSPEND-RESUME").ShouldBeNull();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void ClockReplay_SetBackAndNotAnswered_IsCritical(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).TalkAll();
        mesh.Peer(0, 1).HandshakeAge = -3600;
        // The session lives: only the time is strange.
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Diagnose().Find("WG-HANDSHAKE-TIME-FUTURE")!.Severity.ShouldBe(Severity.Info);
        (mesh.Peer(0, 1).Sent, mesh.Peer(0, 1).Received) = (new(9000, 444), new(9000, 0));
        (mesh.Peer(1, 0).Sent, mesh.Peer(1, 0).Received) = (new(9000, 0), new(9000, 0));
        mesh.Diagnose().ShouldHaveOne("WG-CLOCK-BACKWARD-REPLAY", "node-000");
        mesh.Diagnose(0).Find("WG-CLOCK-BACKWARD-REPLAY").ShouldBeNull();
    }

    [Fact]
    public void ClockSkew_OnAllTunnelsOfOneNode_IsAWarning()
    {
        var mesh = Layouts.Flannel(4, new Setup()).TalkAll();
        mesh[2].At = TestNode.Now.AddSeconds(90);
        mesh.Diagnose().Find("WG-CLOCK-SKEW-CONTROLPLANE")!.Subject.Node.ShouldBe("node-002");
        // Two nodes: nobody can tell which of them is wrong.
        var pair = Layouts.Flannel(2, new Setup()).TalkAll();
        pair[1].At = TestNode.Now.AddSeconds(90);
        pair.Diagnose().Find("WG-CLOCK-SKEW-CONTROLPLANE").ShouldBeNull();
    }

    [Fact]
    public void Fallback_BesideKernelDevices_IsANote()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh.Device(1).Userspace = true;
        mesh.WithHost(1, Module(ModuleState.Loadable)).Find("WG-USERSPACE-FALLBACK")!.Severity.ShouldBe(Severity.Info);
        mesh.WithHost(1, Module(ModuleState.Missing)).Find("WG-USERSPACE-FALLBACK").ShouldBeNull();
        Layouts.Flannel(3, new Setup(Userspace: true)).TalkAll().WithHost(1, Module(ModuleState.Loadable)).Find("WG-USERSPACE-FALLBACK").ShouldBeNull();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void SilentDrop_DataWithoutPackets_IsANote(bool userspace, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup(Userspace: userspace)).TalkAll();
        mesh.Diagnose().Find("WG-USERSPACE-SILENT-DROP").ShouldBeNull();
        mesh[1].ChangeLink(mesh.Device(1).Link, link => link with { Counters = link.Counters! with { RxPackets = new(1000, 0) } });
        (mesh.Diagnose().Find("WG-USERSPACE-SILENT-DROP") is not null).ShouldBe(found);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("192.0.2.200", false)]
    public void Relayed_LivingSessionOverLoopback_IsANote(string address, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(IpAddr.Parse(address), 40000);
        (mesh.Diagnose().Find("WG-RELAYED-PATH") is not null).ShouldBe(found);
        mesh.Peer(0, 1).HandshakeAge = null;
        mesh.Diagnose().Find("WG-RELAYED-PATH").ShouldBeNull();
    }
}
