// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>Queue lengths and segmentation limits of a device (linux/if_link.h). Null = the kernel sent none.</summary>
public sealed record LinkQueueLimits
{
    /// <summary>IFLA_TXQLEN in packets.</summary>
    public uint? TxQueueLength { get; init; }

    /// <summary>IFLA_NUM_TX_QUEUES.</summary>
    public uint? TxQueues { get; init; }

    /// <summary>IFLA_NUM_RX_QUEUES.</summary>
    public uint? RxQueues { get; init; }

    /// <summary>IFLA_GSO_MAX_SIZE in bytes (IPv6; IPv4 too before Linux 6.3).</summary>
    public uint? GsoMaxSize { get; init; }

    /// <summary>IFLA_GSO_MAX_SEGS.</summary>
    public uint? GsoMaxSegments { get; init; }

    /// <summary>IFLA_GRO_MAX_SIZE in bytes (IPv6; IPv4 too before Linux 6.3).</summary>
    public uint? GroMaxSize { get; init; }

    /// <summary>IFLA_GSO_IPV4_MAX_SIZE in bytes.</summary>
    public uint? GsoIpv4MaxSize { get; init; }

    /// <summary>IFLA_GRO_IPV4_MAX_SIZE in bytes.</summary>
    public uint? GroIpv4MaxSize { get; init; }

    /// <summary>IFLA_TSO_MAX_SIZE in bytes: what the hardware takes.</summary>
    public uint? TsoMaxSize { get; init; }

    /// <summary>IFLA_TSO_MAX_SEGS.</summary>
    public uint? TsoMaxSegments { get; init; }
}
