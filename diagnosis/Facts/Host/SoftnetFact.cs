// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>One line of /proc/net/softnet_stat (net/core/net-procfs.c). The counters have 32 bits in the kernel and wrap around.</summary>
public sealed record SoftnetFact
{
    /// <summary>CPU number; on kernels before 5.10, which do not print it, the number of the line: offline CPUs have none.</summary>
    public required int Cpu { get; init; }

    /// <summary>Packets taken from the backlog or by NAPI.</summary>
    public required Counter Processed { get; init; }

    /// <summary>Packets dropped because the backlog was full (net.core.netdev_max_backlog).</summary>
    public required Counter Dropped { get; init; }

    /// <summary>Times that work was left when the budget was used up (net.core.netdev_budget, netdev_budget_usecs).</summary>
    public required Counter TimeSqueeze { get; init; }

    /// <summary>Packets that another CPU handed over (RPS); null on kernels before 2.6.35.</summary>
    public Counter? ReceivedRps { get; init; }

    /// <summary>Packets dropped by the flow limit; null on kernels before 3.11.</summary>
    public Counter? FlowLimit { get; init; }

    /// <summary>Packets waiting now; null on kernels before 5.10.</summary>
    public uint? Backlog { get; init; }
}
