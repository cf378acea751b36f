// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Runtime.CompilerServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Host;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Host;

/// <summary>The readers against this machine's own tools.</summary>
public sealed class HostLabTests
{
    private static readonly HostPaths Here = new();

    [SkippableFact]
    public void Cpu_CountsWhatNprocCounts()
    {
        Skip.IfNot(File.Exists("/usr/bin/nproc"), "needs nproc");
        var online = int.Parse(LabRights.Run("/usr/bin/nproc", "--all"), CultureInfo.InvariantCulture);
        CpuReader.Read(Here, "x86_64").Value.ShouldNotBeNull().Count.ShouldBe(online);
        CpuTimeReader.Read(Here).Value.ShouldNotBeNull().Count.ShouldBe(online);
    }

    [Fact]
    public void Modules_AreThoseOfTheKernelsOwnList()
    {
        // What lsmod prints. A kernel without loadable modules has no list, and then none may be called loaded.
        var listed = File.Exists("/proc/modules") ? File.ReadLines("/proc/modules").Select(line => line.Split(' ')[0]).ToHashSet() : [];
        var modules = ModuleReader.Read(Here, KernelRelease.Read()!).Value.ShouldNotBeNull();
        modules.Where(module => module.State == ModuleState.Loaded).ShouldAllBe(module => listed.Contains(module.Name));
        modules.Where(module => listed.Contains(module.Name)).ShouldAllBe(module => module.State == ModuleState.Loaded || module.State == ModuleState.Changing);
    }

    [Fact]
    public void Clock_IsThisMachines()
    {
        var clock = ClockReader.Read(Here, TimeProvider.System, TestDeadline.Far).Value.ShouldNotBeNull();
        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        clock.UptimeSeconds.ShouldBe(uptime, 2);
        clock.TickUs.ShouldNotBeNull().ShouldBeInRange(9000, 11000);
        clock.Source.ShouldBe(File.ReadAllText("/sys/devices/system/clocksource/clocksource0/current_clocksource").Trim());
        // btime is rounded by the kernel in its own way.
        var boot = File.ReadAllLines("/proc/stat").Single(line => line.StartsWith("btime ", StringComparison.Ordinal))[6..];
        (clock.BootTime.ToUnixTimeSeconds() - long.Parse(boot, CultureInfo.InvariantCulture)).ShouldBeInRange(-2, 2);
    }

    [Fact]
    public void Timex_HasTheKernelsLayout()
    {
        Unsafe.SizeOf<Timex>().ShouldBe(208);
        var state = new Timex { Status = 0x2001, Offset = 1500, Frequency = 3 << 16, Tick = 10000 };
        var fact = ClockReader.WithState(new ClockFact(), state, 0);
        (fact.Synchronised, fact.OffsetUs, fact.FrequencyPpm).ShouldBe((true, 1.5, 3.0));
        ClockReader.WithState(new ClockFact(), state with { Status = 0x40 }, 5).Synchronised.ShouldBe(false);
    }

    [Fact]
    public void CpuTimes_GrowBetweenTwoReadings_AndSharesAddUp()
    {
        var start = new HostFacts { CpuTimes = FactOf(CpuTimeReader.Read(Here).Value!) };
        var until = Environment.TickCount64 + 200;
        while (Environment.TickCount64 < until) Thread.SpinWait(1000);
        var end = new HostFacts { CpuTimes = FactOf(CpuTimeReader.Read(Here).Value!) };
        var cpus = HostGrowth.CpuTimes(start, end).CpuTimes!.Value!;
        cpus.Max(cpu => cpu.User.Growth).ShouldNotBeNull().ShouldBeGreaterThan(0UL);
        cpus.Where(cpu => cpu.BusyShare is not null).ShouldAllBe(cpu => cpu.BusyShare >= 0 && cpu.BusyShare <= 1 && cpu.SoftIrqShare <= cpu.BusyShare);
    }

    [Fact]
    public void Growth_OfSoftnet_SurvivesTheWrapOf32Bits()
    {
        static HostFacts With(uint processed, int cpu = 0) => new()
        {
            Softnet = FactOf<IReadOnlyList<SoftnetFact>>([new SoftnetFact { Cpu = cpu, Processed = new(processed), Dropped = new(0), TimeSqueeze = new(0) }]),
        };

        HostGrowth.Softnet(With(uint.MaxValue - 9), With(90)).Softnet!.Value![0].Processed.ShouldBe(new Counter(90, 100));
        HostGrowth.Softnet(With(1, cpu: 1), With(90)).Softnet!.Value![0].Processed.ShouldBe(new Counter(90));
    }

    [Fact]
    public void HostRoot_RefusedInAPod_IsNeverTheContainersOwn()
    {
        HostRoot.Find("/nonexistent", inPod: true).ShouldBe("/nonexistent/1/root");
        HostRoot.Find("/nonexistent", inPod: false).ShouldBe("/");
    }

    private static Fact<T> FactOf<T>(T value)
        where T : class => new() { Source = "test", At = DateTimeOffset.UnixEpoch, Value = value };
}
