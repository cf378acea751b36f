// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>
/// Queueing disciplines and the filters that see packets beside netfilter. Programs attached through tcx links (Linux 6.6; newer Cilium) are
/// not visible in netlink: no filters here does not mean that no program sees the packets.
/// </summary>
public sealed record TrafficControlFact
{
    /// <summary>Queueing disciplines other than <c>noqueue</c>, which every virtual device has.</summary>
    public required IReadOnlyList<QdiscFact> Qdiscs { get; init; }

    /// <summary>Filters at <c>clsact</c> and <c>ingress</c> of every device that has one.</summary>
    public required IReadOnlyList<PacketFilterFact> Filters { get; init; }
}

/// <summary>A queueing discipline (RTM_NEWQDISC).</summary>
public sealed record QdiscFact
{
    /// <summary>Interface index.</summary>
    public required int Link { get; init; }

    /// <summary>TCA_KIND: <c>fq_codel</c>, <c>mq</c>, <c>clsact</c>, <c>ingress</c>, <c>tbf</c> ...</summary>
    public required string Kind { get; init; }

    /// <summary>tcm_handle: major number in the upper half.</summary>
    public uint Handle { get; init; }

    /// <summary>tcm_parent: 0xffffffff root, 0xfffffff1 ingress or clsact.</summary>
    public uint Parent { get; init; }

    /// <summary>Packets dropped here (TCA_STATS_QUEUE); null when the kernel sent none.</summary>
    public uint? Drops { get; init; }

    /// <summary>Bytes that wait (TCA_STATS_QUEUE).</summary>
    public uint? BacklogBytes { get; init; }

    /// <summary>Packets that were held back or over a limit (TCA_STATS_QUEUE).</summary>
    public uint? OverLimits { get; init; }

    /// <summary>Packets dropped during the observation; null when there was one reading only, or none of this very discipline before.</summary>
    public uint? DropGrowth { get; init; }
}

/// <summary>A traffic control filter (RTM_NEWTFILTER).</summary>
public sealed record PacketFilterFact
{
    /// <summary>Interface index.</summary>
    public required int Link { get; init; }

    /// <summary><c>ingress</c> or <c>egress</c>.</summary>
    public required string Direction { get; init; }

    /// <summary>TCA_KIND: <c>bpf</c>, <c>flower</c>, <c>u32</c>, <c>matchall</c> ...</summary>
    public required string Kind { get; init; }

    /// <summary>Lower is asked first.</summary>
    public ushort Preference { get; init; }

    /// <summary>EtherType of the packets it sees; 3 (ETH_P_ALL) = all.</summary>
    public ushort Protocol { get; init; }

    /// <summary>TCA_CHAIN.</summary>
    public uint Chain { get; init; }

    public uint Handle { get; init; }

    /// <summary>TCA_BPF_NAME; null for other kinds.</summary>
    public string? ProgramName { get; init; }

    /// <summary>TCA_BPF_ID; null for other kinds and classic programs.</summary>
    public uint? ProgramId { get; init; }

    /// <summary>TCA_BPF_TAG in hexadecimal.</summary>
    public string? ProgramTag { get; init; }

    /// <summary>TCA_BPF_FLAG_ACT_DIRECT: the program's result is the verdict.</summary>
    public bool? DirectAction { get; init; }
}
