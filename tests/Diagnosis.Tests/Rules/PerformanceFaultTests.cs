// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class PerformanceFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void PathLoss_PartOfTheBytesIsMissing_IsAnError(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        mesh.Peer(0, 1).Sent = new(20000, 12800);
        mesh.Peer(1, 0).Received = new(20000, 10000);
        var report = mesh.Diagnose();
        report.ShouldHaveOne("WG-PATH-LOSS", "node-000").Finding.Subject.PeerNode.ShouldBe("node-001");
        report.State("node-000", "node-001").ShouldBe(TunnelState.Degraded);
        mesh.Diagnose(0).Find("WG-PATH-LOSS").ShouldBeNull();
        // The windows lie a moment apart: what came back is more than was sent back.
        mesh.Peer(0, 1).Received = new(20000, 12800);
        mesh.Peer(1, 0).Sent = new(20000, 10000);
        mesh.Diagnose().Find("WG-PATH-LOSS").ShouldBeNull();
    }

    [Fact]
    public void PathLoss_FewBytesOtherWindowOrCountedByTheReceiver_IsSilent()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh.Peer(0, 1).Sent = new(20000, 12800);
        mesh.Peer(1, 0).Received = new(20000, 12300);
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Peer(1, 0).Received = new(20000, 10000);
        mesh[1].At = TestNode.Now.AddSeconds(9);
        mesh.Diagnose().Find("WG-PATH-LOSS").ShouldBeNull();
        mesh[1].At = TestNode.Now;
        mesh.WithCounter(1, "Udp.InCsumErrors", 30).Find("WG-PATH-LOSS").ShouldBeNull();
    }

    [Fact]
    public void SoftnetDrop_GrewDuringTheObservation_IsAWarning()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[1].Sysctls["net.core.netdev_max_backlog"] = 1000;
        HostFacts Dropped(Counter dropped, Counter squeeze) => new()
        {
            Softnet = Bent.Fact<IReadOnlyList<SoftnetFact>>([new() { Cpu = 0, Processed = new(9000, 5000), Dropped = dropped, TimeSqueeze = squeeze }]),
        };
        mesh.WithHost(1, Dropped(new(900, 200), default)).ShouldHaveOne("WG-SOFTNET-DROP", "node-001").Commands()
            .ShouldBe(["node-001: sysctl -w net.core.netdev_max_backlog=4000"]);
        // Old drops, drops without a window, and a used-up budget.
        mesh.WithHost(1, Dropped(new(900, 0), new(50, 50))).ShouldBeQuiet();
        mesh.WithHost(1, Dropped(new(900), default)).ShouldBeQuiet();
    }

    [Fact]
    public void UdpBuffer_OfAUserspaceDevice_IsAWarningWithItsSocketAndANoteWithout()
    {
        var mesh = Layouts.Flannel(2, new Setup(Userspace: true)).TalkAll();
        mesh.WithCounter(1, "Udp.RcvbufErrors", 60).Find("WG-UDP-RCVBUF-ERRORS")!.Severity.ShouldBe(Severity.Info);
        DiagnosisReport Socket(ulong drops) => mesh.With(1, facts => facts with
        {
            Namespaces = [facts.Namespaces[0] with
            {
                UdpSockets = Bent.Fact(new Facts.Sockets.UdpSocketsFact
                {
                    Sockets = [new() { Family = Net.IpFamily.IPv4, Local = Net.IpAddr.Parse("0.0.0.0"), LocalPort = 51820, Drops = new(drops, drops), Devices = ["wg-pods"] }],
                }),
            }],
        });
        Socket(60).ShouldHaveOne("WG-UDP-RCVBUF-ERRORS", "node-001");
        // Another program's.
        Socket(0).Find("WG-UDP-RCVBUF-ERRORS").ShouldBeNull();
        Layouts.Flannel(2, new Setup()).TalkAll().WithCounter(1, "Udp.RcvbufErrors", 60).Find("WG-UDP-RCVBUF-ERRORS").ShouldBeNull();
    }

    [Fact]
    public void CpuSoftIrq_UnderLoadOnly_IsAWarning()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var host = new HostFacts
        {
            CpuTimes = Bent.Fact<IReadOnlyList<CpuTimeFact>>(
                [new() { Cpu = 3, User = new(0, 10), System = new(0, 10), Idle = new(0, 20), Irq = new(0, 0), SoftIrq = new(0, 960), Steal = new(0, 0) }]),
        };
        mesh.WithHost(1, host).ShouldBeQuiet();
        mesh.Peer(1, 0).Received = new(90_000_000, 80_000_000);
        mesh.Peer(0, 1).Sent = new(90_000_000, 80_000_000);
        mesh.WithHost(1, host).ShouldHaveOne("WG-CPU-SOFTIRQ-BOUND", "node-001");
    }

    [Theory]
    [InlineData(true, 40, true)]
    [InlineData(true, 1, false)]
    [InlineData(false, 40, false)]
    public void CpuThrottled_OfAUserspaceProgram_IsAWarning(bool userspace, ulong throttled, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup(Userspace: userspace)).TalkAll();
        var level = new CgroupFact { Path = "/pod", Version = 2, QuotaUs = 20000, PeriodUs = 100000, Periods = new(900, 150), Throttled = new(90, throttled) };
        var host = new HostFacts { ProcessLimits = Bent.Fact<IReadOnlyList<ProcessLimitsFact>>([new("wireguard-go", 77, false, [level]), new("probe", 78, true, [level])]) };
        var report = mesh.WithHost(1, host);
        if (found) report.ShouldHaveOne("WG-CPU-THROTTLED", "node-001");
        else report.ShouldBeQuiet();
    }

    [Fact]
    public void StagedQueue_WithoutASession_IsOnlyAConsequence()
    {
        var mesh = Layouts.Flannel(2, new Setup(Keepalive: 25)).TalkAll();
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Counters = link.Counters! with { TxDropped = new(300, 200) } });
        mesh.Diagnose().Find("WG-STAGED-QUEUE-DROP").ShouldBeNull();
        (mesh.Peer(0, 1).HandshakeAge, mesh.Peer(0, 1).Sent, mesh.Peer(0, 1).Received) = (null, new(900, 444), new(0, 0));
        (mesh.Peer(1, 0).HandshakeAge, mesh.Peer(1, 0).Sent, mesh.Peer(1, 0).Received) = (null, new(0, 0), new(0, 0));
        mesh.Diagnose().Find("WG-STAGED-QUEUE-DROP")!.Severity.ShouldBe(Severity.Info);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void OuterChecksum_ErrorsWhileAPeerIsNotHeard_IsCritical(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).TalkAll();
        var name = setup.V4 ? "Udp.InCsumErrors" : "Udp6.InCsumErrors";
        mesh.WithCounter(1, name, 40).Find("WG-OFFLOAD-CSUM-OUTER").ShouldBeNull();
        mesh.Peer(0, 1).Sent = new(20000, 12800);
        mesh.Peer(1, 0).Received = new(20000, 0);
        mesh.Diagnose().Find("WG-OFFLOAD-CSUM-OUTER")!.Subject.Node.ShouldBe("node-001");
        mesh.WithCounter(1, name, 0).Find("WG-OFFLOAD-CSUM-OUTER").ShouldBeNull();
    }
}
