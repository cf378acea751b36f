// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>What one machine is and does beside its network configuration. Each fact stands alone: one that failed hides no other. Null = not asked for.</summary>
public sealed record HostFacts
{
    /// <summary>Per CPU, what the network's receive path did (/proc/net/softnet_stat).</summary>
    public Fact<IReadOnlyList<SoftnetFact>>? Softnet { get; init; }

    /// <summary>Per CPU, where the time went (/proc/stat), and network softirqs (/proc/softirqs).</summary>
    public Fact<IReadOnlyList<CpuTimeFact>>? CpuTimes { get; init; }

    public Fact<CpuFact>? Cpu { get; init; }

    /// <summary>Drivers of WireGuard's primitives in the kernel's crypto API. WireGuard's own library code does not show here: empty is no fault.</summary>
    public Fact<IReadOnlyList<CryptoDriverFact>>? CryptoDrivers { get; init; }

    public Fact<KernelFact>? Kernel { get; init; }

    /// <summary>Kernel modules that decide about tunnels and packet filters.</summary>
    public Fact<IReadOnlyList<ModuleFact>>? Modules { get; init; }

    public Fact<KernelLogFact>? KernelLog { get; init; }

    public Fact<ClockFact>? Clock { get; init; }

    /// <summary>Limits and throttling of userspace tunnel processes and of the probe itself.</summary>
    public Fact<IReadOnlyList<ProcessLimitsFact>>? ProcessLimits { get; init; }

    /// <summary>Pressure stall information (/proc/pressure).</summary>
    public Fact<IReadOnlyList<PressureFact>>? Pressure { get; init; }

    public Fact<LoadFact>? Load { get; init; }

    public Fact<PlatformFact>? Platform { get; init; }

    /// <summary>What the host's sysctl.d files say about forwarding, in the order in which they are applied; null in facts of versions that did not read them.</summary>
    public Fact<IReadOnlyList<SysctlFileFact>>? SysctlFiles { get; init; }

    /// <summary>Programs of the host that set up networks; null in facts of versions that did not read them.</summary>
    public Fact<NetworkManagersFact>? Managers { get; init; }

    /// <summary>/dev/net/tun, without which no userspace program can make a device; null in facts of versions that did not look.</summary>
    public Fact<TunDeviceFact>? TunDevice { get; init; }

    /// <summary>Devices of the first namespace whose receiving runs in threads of its own (/sys/class/net/DEVICE/threaded); null in facts of versions that did not look.</summary>
    public Fact<IReadOnlyList<string>>? ThreadedDevices { get; init; }

    /// <summary>Errors that userspace tunnel programs met when they sent; null while nobody reads their logs.</summary>
    public Fact<IReadOnlyList<TunnelSendErrorFact>>? SendErrors { get; init; }
}
