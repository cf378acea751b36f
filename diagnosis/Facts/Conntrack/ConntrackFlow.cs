// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts.Conntrack;

/// <summary>One entry of the connection tracking table. What the kernel did not send is null, which is not zero.</summary>
public sealed record ConntrackFlow
{
    /// <summary>CTA_ID: distinguishes entries that have the same tuples one after the other.</summary>
    public uint? Id { get; init; }

    /// <summary>The first packet's addresses.</summary>
    public required ConntrackTuple Original { get; init; }

    /// <summary>What an answer's addresses are expected to be.</summary>
    public required ConntrackTuple Reply { get; init; }

    /// <summary>Zone of both directions; 0 = default. A zone of one direction only stands in its tuple.</summary>
    public ushort Zone { get; init; }

    public ConntrackStatus Status { get; init; }

    /// <summary>Seconds until the entry expires without further packets; absent for offloaded ones.</summary>
    public uint? TimeoutSeconds { get; init; }

    /// <summary>Mark of the connection; kernels leave it out when it is 0.</summary>
    public uint? Mark { get; init; }

    /// <summary>Packets and bytes in the original direction; absent unless nf_conntrack_acct is on.</summary>
    public ConntrackCounters? OriginalCounters { get; init; }

    /// <summary>Packets and bytes in the reply direction.</summary>
    public ConntrackCounters? ReplyCounters { get; init; }

    /// <summary>When the entry was made; absent unless nf_conntrack_timestamp is on.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>State of TCP, SCTP or DCCP as <c>conntrack</c> prints it, a number when it is not known.</summary>
    public string? State { get; init; }

    /// <summary>Window scales and flags of TCP.</summary>
    public ConntrackTcp? Tcp { get; init; }

    /// <summary>Name of the helper that follows the protocol.</summary>
    public string? Helper { get; init; }

    /// <summary>Labels as hexadecimal digits, the highest bit first, without leading zeros; absent when none is set.</summary>
    public string? Labels { get; init; }

    /// <summary>References to the entry.</summary>
    public uint? Use { get; init; }

    /// <summary>The flow that this one was expected by.</summary>
    public ConntrackTuple? Master { get; init; }

    /// <summary>Security context (SELinux).</summary>
    public string? SecurityContext { get; init; }
}

/// <summary>Packets and bytes of one direction.</summary>
public sealed record ConntrackCounters(ulong Packets, ulong Bytes);

/// <summary>TCP details (CTA_PROTOINFO_TCP_*).</summary>
/// <param name="WindowScaleOriginal">Window scale of the original direction.</param>
/// <param name="WindowScaleReply">Window scale of the reply direction.</param>
/// <param name="FlagsOriginal">IP_CT_TCP_FLAG_* of the original direction: 1 window scaling, 2 SACK, 4 FIN sent, 8 liberal, 0x10 data unacknowledged, 0x20 most acknowledged.</param>
/// <param name="FlagsReply">The same of the reply direction.</param>
public sealed record ConntrackTcp(
    byte? WindowScaleOriginal = null, byte? WindowScaleReply = null, byte? FlagsOriginal = null, byte? FlagsReply = null);

/// <summary>State bits of an entry (enum ip_conntrack_status, linux/netfilter/nf_conntrack_common.h).</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<ConntrackStatus>))]
public enum ConntrackStatus
{
    None = 0,

    /// <summary>Another flow announced it.</summary>
    Expected = 1 << 0,

    /// <summary>A packet came in the reply direction; without it the flow is UNREPLIED.</summary>
    SeenReply = 1 << 1,

    /// <summary>Not thrown out early when the table is full.</summary>
    Assured = 1 << 2,
    Confirmed = 1 << 3,
    SourceNat = 1 << 4,
    DestinationNat = 1 << 5,
    SequenceAdjust = 1 << 6,

    /// <summary>It was decided about source translation, also when nothing is translated.</summary>
    SourceNatDone = 1 << 7,

    /// <summary>It was decided about destination translation, also when nothing is translated.</summary>
    DestinationNatDone = 1 << 8,
    Dying = 1 << 9,
    FixedTimeout = 1 << 10,
    Template = 1 << 11,
    NatClash = 1 << 12,
    Helper = 1 << 13,

    /// <summary>In a flow table: packets pass by the rules.</summary>
    Offload = 1 << 14,
    HardwareOffload = 1 << 15,
}
