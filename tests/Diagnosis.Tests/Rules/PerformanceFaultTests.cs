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
        report.CouldNotCheck.ShouldHaveSingleItem().What.ShouldContain("depends on the rate");
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

    private static DiagnosisReport Queue(TestMesh mesh, uint? drops, uint parent = uint.MaxValue, string device = "eth0", ulong sent = 400)
    {
        var link = mesh[0].LinkIndex(device);
        mesh[0].ChangeLink(link, it => it with { Counters = it.Counters! with { TxPackets = new(sent, sent) } });
        return mesh.With(0, facts => facts with
        {
            Namespaces = [facts.Namespaces[0] with
            {
                TrafficControl = Bent.Fact(new TrafficControlFact { Qdiscs = [new() { Link = link, Kind = "tbf", Parent = parent, Drops = drops, DropGrowth = drops }], Filters = [] }),
            }],
        });
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void QueueDrop_OfTheUplink_IsAnErrorWhereBytesAreMissing(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).TalkAll();
        Queue(mesh, 40).ShouldHaveOne("WG-QDISC-DROP", "node-000").Finding.Severity.ShouldBe(Severity.Warning);
        mesh.Peer(0, 1).Sent = new(20000, 12800);
        mesh.Peer(1, 0).Received = new(20000, 9000);
        var cause = Queue(mesh, 40).ShouldHaveOne("WG-QDISC-DROP", "node-000");
        cause.Finding.Severity.ShouldBe(Severity.Error);
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-PATH-LOSS");
    }

    [Fact]
    public void QueueDrop_FewUnwatchedOrOfPrograms_IsSilent()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        Queue(mesh, 9).ShouldBeQuiet();
        Queue(mesh, null).ShouldBeQuiet();
        Queue(mesh, 40, parent: 0xfffffff1).ShouldBeQuiet();
        Queue(mesh, 40, sent: 9000).ShouldBeQuiet();
        Queue(mesh, 40, device: "cni0").ShouldBeQuiet();
    }

    private static TestMesh Loaded()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh.Peer(1, 0).Received = new(90_000_000, 80_000_000);
        mesh.Peer(0, 1).Sent = new(90_000_000, 80_000_000);
        return mesh;
    }

    private static CpuTimeFact Cpu(int number, ulong softIrq, ulong receives) => new()
    {
        Cpu = number,
        User = new(0, 10),
        System = new(0, 10),
        Idle = new(0, 980 - softIrq),
        Irq = new(0, 0),
        SoftIrq = new(0, softIrq),
        Steal = new(0, 0),
        NetRx = new(receives, receives),
    };

    [Theory]
    [InlineData("x86_64", new[] { "avx2" }, 960ul, true)]
    [InlineData("x86_64", new[] { "vaes" }, 960ul, false)]
    [InlineData("x86_64", new[] { "avx2" }, 100ul, false)]
    [InlineData("riscv64", new[] { "avx2" }, 960ul, false)]
    public void NoSimd_OnABusyNode_IsANote(string architecture, string[] missing, ulong busy, bool found)
    {
        var host = new HostFacts
        {
            Cpu = Bent.Fact(new CpuFact(architecture, ["a model"], 2, [], missing, true)),
            CpuTimes = Bent.Fact<IReadOnlyList<CpuTimeFact>>([Cpu(0, busy, 10), Cpu(1, 10, 10)]),
        };
        (Loaded().WithHost(1, host).Find("WG-CPU-NO-SIMD")?.Severity == Severity.Info).ShouldBe(found);
        Layouts.Flannel(2, new Setup()).TalkAll().WithHost(1, host).Find("WG-CPU-NO-SIMD").ShouldBeNull();
    }

    [Theory]
    [InlineData(1u, 0ul, true)]
    [InlineData(4u, 0ul, false)]
    [InlineData(1u, 50ul, false)]
    public void SingleQueue_OneCpuReceivesAll_IsANote(uint queues, ulong handedOver, bool found)
    {
        var mesh = Loaded();
        mesh[1].ChangeLink(mesh[1].LinkIndex("eth0"), link => link with { Limits = new LinkQueueLimits { RxQueues = queues } });
        var host = new HostFacts
        {
            CpuTimes = Bent.Fact<IReadOnlyList<CpuTimeFact>>([Cpu(0, 700, 9900), Cpu(1, 10, 100)]),
            Softnet = Bent.Fact<IReadOnlyList<SoftnetFact>>([new() { Cpu = 1, Processed = new(9, 9), Dropped = default, TimeSqueeze = default, ReceivedRps = new(handedOver, handedOver) }]),
        };
        (mesh.WithHost(1, host).Find("WG-QUEUE-SINGLE")?.Severity == Severity.Info).ShouldBe(found);
    }

    [Theory]
    [InlineData("wg-pods", false, true)]
    [InlineData("eth0", false, false)]
    [InlineData("wg-pods", true, false)]
    public void ThreadedStall_OnePeerIsNotHeard_IsAnError(string threaded, bool userspace, bool found)
    {
        var mesh = Layouts.Flannel(3, new Setup(Userspace: userspace)).TalkAll();
        mesh.Peer(1, 0).Received = new(9000, 0);
        mesh.Peer(0, 1).Sent = new(20000, 12800);
        var report = mesh.WithHost(1, new HostFacts { ThreadedDevices = Bent.Fact<IReadOnlyList<string>>([threaded]) });
        (report.Find("WG-NAPI-THREADED-STALL")?.Severity == Severity.Error).ShouldBe(found);
        mesh.Diagnose().Find("WG-NAPI-THREADED-STALL").ShouldBeNull();
    }
}
