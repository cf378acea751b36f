// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>A routing policy rule (RTM_NEWRULE).</summary>
public sealed record RuleFact
{
    public required IpFamily Family { get; init; }

    /// <summary>FRA_PRIORITY; lower is asked first.</summary>
    public required uint Priority { get; init; }

    /// <summary>FR_ACT_*: 1 to table, 2 goto, 6 blackhole, 7 unreachable, 8 prohibit.</summary>
    public required byte Action { get; init; }

    public uint Table { get; init; }

    public IpPrefix? From { get; init; }

    public IpPrefix? To { get; init; }

    public string? InputInterface { get; init; }

    public string? OutputInterface { get; init; }

    /// <summary>FRA_FWMARK; null when the rule does not look at the mark.</summary>
    public uint? Mark { get; init; }

    public uint? MarkMask { get; init; }

    /// <summary>FRA_SUPPRESS_PREFIXLEN: results with this prefix length or shorter do not count.</summary>
    public int? SuppressPrefixLength { get; init; }

    /// <summary>FIB_RULE_INVERT: "not".</summary>
    public bool Invert { get; init; }

    /// <summary>
    /// The rule looks at something that lookups here do not know (TOS, protocol, ports, UID, l3mdev, tunnel id, flow label, interface
    /// groups), or that could not be read: nobody may conclude from the fields above alone which packets it matches.
    /// </summary>
    public bool OtherSelectors { get; init; }

    // What follows came later than the format: null also in facts of older versions.

    /// <summary>FIB_RULE_* of linux/fib_rules.h: 1 permanent, 2 invert, 4 unresolved goto, 8 and 16 see below; null = none.</summary>
    public uint? Flags { get; init; }

    /// <summary>FR_ACT_GOTO: priority of the rule to go on with.</summary>
    public uint? GotoPriority { get; init; }

    /// <summary>TOS byte the packet must have.</summary>
    public byte? Tos { get; init; }

    /// <summary>FRA_DSCP: 0 to 63 (Linux 6.13).</summary>
    public byte? Dscp { get; init; }

    /// <summary>FRA_DSCP_MASK; null = all six bits (Linux 6.16).</summary>
    public byte? DscpMask { get; init; }

    /// <summary>FRA_FLOWLABEL: 20 bits (IPv6, Linux 6.14).</summary>
    public uint? FlowLabel { get; init; }

    /// <summary>FRA_FLOWLABEL_MASK.</summary>
    public uint? FlowLabelMask { get; init; }

    /// <summary>FRA_IP_PROTO: 6 TCP, 17 UDP ...</summary>
    public byte? IpProtocol { get; init; }

    /// <summary>FRA_SPORT_RANGE.</summary>
    public ValueRange? SourcePorts { get; init; }

    /// <summary>FRA_SPORT_MASK (Linux 6.15).</summary>
    public ushort? SourcePortMask { get; init; }

    /// <summary>FRA_DPORT_RANGE.</summary>
    public ValueRange? DestinationPorts { get; init; }

    /// <summary>FRA_DPORT_MASK (Linux 6.15).</summary>
    public ushort? DestinationPortMask { get; init; }

    /// <summary>FRA_UID_RANGE: the sending user.</summary>
    public ValueRange? UserIds { get; init; }

    /// <summary>FRA_L3MDEV: the table is that of the packet's VRF.</summary>
    public bool? L3MasterDevice { get; init; }

    /// <summary>FRA_TUN_ID: id of the tunnel the packet came by.</summary>
    public ulong? TunnelId { get; init; }

    /// <summary>FRA_SUPPRESS_IFGROUP: results that lead into this interface group do not count.</summary>
    public uint? SuppressInterfaceGroup { get; init; }

    /// <summary>FRA_FLOW: realms, source in the upper half.</summary>
    public uint? Realms { get; init; }

    /// <summary>FRA_PROTOCOL: who made the rule, RTPROT_*: 2 kernel, 3 boot, 4 static ...; null = not told.</summary>
    public byte? Protocol { get; init; }

    /// <summary>FIB_RULE_IIF_DETACHED: no device has the name of <see cref="InputInterface"/>, so the rule matches nothing.</summary>
    [JsonIgnore]
    public bool IsInputDetached => (Flags & 8) is > 0;

    /// <summary>FIB_RULE_OIF_DETACHED: no device has the name of <see cref="OutputInterface"/>, so the rule matches nothing.</summary>
    [JsonIgnore]
    public bool IsOutputDetached => (Flags & 16) is > 0;
}

/// <summary>A range of numbers with both ends.</summary>
/// <param name="First">The lowest number.</param>
/// <param name="Last">The highest number.</param>
public readonly record struct ValueRange(uint First, uint Last);
