// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Host.Managers;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>The readers of the machine itself. Each has a name and a fact of its own, so that one that fails hides no other.</summary>
internal static class HostReaders
{
    /// <summary>What counts comes first: its window is then as long as that of the namespaces.</summary>
    public static IReadOnlyList<NodeReader> All { get; } =
    [
        Reader("softnet", FactSources.Softnet, (r, _) => SoftnetReader.Read(Paths(r)), (host, fact) => host with { Softnet = fact }, HostGrowth.Softnet),
        Reader("cpu-times", FactSources.CpuTimes, (r, _) => CpuTimeReader.Read(Paths(r)), (host, fact) => host with { CpuTimes = fact }, HostGrowth.CpuTimes),
        Reader(
            "process-limits",
            FactSources.ProcessLimits,
            (r, limit) => ProcessLimitsReader.Read(Paths(r), System.Environment.ProcessId, limit),
            (host, fact) => host with { ProcessLimits = fact },
            HostGrowth.ProcessLimits),
        Reader("pressure", FactSources.Pressure, (r, _) => LoadReader.ReadPressure(Paths(r)), (host, fact) => host with { Pressure = fact }, HostGrowth.Pressure),
        Reader("load", FactSources.Load, (r, _) => LoadReader.Read(Paths(r)), (host, fact) => host with { Load = fact }),
        Reader("cpu", FactSources.Cpu, (r, _) => CpuReader.Read(Paths(r), Architecture), (host, fact) => host with { Cpu = fact }),
        Reader("crypto-drivers", FactSources.CryptoDrivers, (r, _) => CryptoReader.Read(Paths(r)), (host, fact) => host with { CryptoDrivers = fact }),
        Reader("kernel", FactSources.Kernel, (r, _) => KernelReader.Read(Paths(r)), (host, fact) => host with { Kernel = fact }),
        Reader(
            "modules",
            FactSources.Modules,
            (r, _) => ModuleReader.Read(Paths(r), KernelRelease.Read() ?? string.Empty),
            (host, fact) => host with { Modules = fact }),
        Reader(
            "kernel-log",
            FactSources.KernelLog,
            (r, limit) => new KernelLogReader(Paths(r), r.Time).Read(limit),
            (host, fact) => host with { KernelLog = fact }),
        Reader("clock", FactSources.Clock, (r, limit) => ClockReader.Read(Paths(r), r.Time, limit), (host, fact) => host with { Clock = fact }),
        Reader("sysctl-files", FactSources.SysctlFiles, (r, _) => SysctlFilesReader.Read(Paths(r)), (host, fact) => host with { SysctlFiles = fact }),
        Reader("tun-device", FactSources.TunDevice, (r, _) => TunDeviceReader.Read(Paths(r)), (host, fact) => host with { TunDevice = fact }),
        Reader("threaded-devices", FactSources.ThreadedDevices, (r, _) => ThreadedDevicesReader.Read(Paths(r)), (host, fact) => host with { ThreadedDevices = fact }),
        Reader("network-managers", FactSources.NetworkManagers, (r, limit) => NetworkManagersReader.Read(Paths(r), limit), (host, fact) => host with { Managers = fact }),
        Reader("platform", FactSources.Platform, (r, _) => PlatformReader.Read(Paths(r)), (host, fact) => host with { Platform = fact }),
    ];

    /// <summary>As <c>uname -m</c> says it.</summary>
    private static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private delegate Reading<T> ReadHost<T>(NodeReading reading, Netlink.Deadline deadline)
        where T : class;

    private static HostPaths Paths(NodeReading reading) => reading.Environment.Host;

    private static NodeReader Reader<T>(
        string name, string source, ReadHost<T> read, Func<HostFacts, Fact<T>, HostFacts> put, Func<HostFacts, HostFacts, HostFacts>? growth = null)
        where T : class => new(
            name,
            reading =>
            {
                var fact = reading.Run(source, deadline => read(reading, deadline));
                reading.Facts = reading.Facts with { Host = put(reading.Facts.Host ?? new HostFacts(), fact) };
            },
            growth is null ? null : (start, end) => start.Host is { } before && end.Host is { } now ? end with { Host = growth(before, now) } : end);
}
