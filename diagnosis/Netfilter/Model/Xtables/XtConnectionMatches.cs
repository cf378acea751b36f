// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>
/// What conntrack knows of the packet's connection (struct xt_conntrack_mtinfo1 to 3; also the old match <c>state</c>); null = does not look at it.
/// Only states are compared for a packet without a connection; it matches nothing else.
/// </summary>
public sealed record XtConntrack : Expression
{
    public XtConntrackStates? States { get; init; }

    public bool StatesInverted { get; init; }

    /// <summary>Written as <c>-m state --state</c>: the old match, or XT_CONNTRACK_STATE_ALIAS.</summary>
    public bool StateAlias { get; init; }

    /// <summary>IPPROTO_* of the original direction.</summary>
    public ushort? Protocol { get; init; }

    public bool ProtocolInverted { get; init; }

    public XtAddress? OriginalSource { get; init; }

    public XtAddress? OriginalDestination { get; init; }

    public XtAddress? ReplySource { get; init; }

    public XtAddress? ReplyDestination { get; init; }

    public XtPortRange? OriginalSourcePort { get; init; }

    public XtPortRange? OriginalDestinationPort { get; init; }

    public XtPortRange? ReplySourcePort { get; init; }

    public XtPortRange? ReplyDestinationPort { get; init; }

    /// <summary>Bits of enum ip_conntrack_status, any of which must be set: expected 1, seen reply 2, assured 4, confirmed 8; 0 = none of them may be set.</summary>
    public ushort? Status { get; init; }

    public bool StatusInverted { get; init; }

    /// <summary>Seconds until the connection expires.</summary>
    public XtRange? Expires { get; init; }

    /// <summary>The direction in which the packet goes: true original, false reply.</summary>
    public bool? OriginalDirection { get; init; }
}

/// <summary>(Connection mark &amp; mask) == mark (struct xt_connmark_mtinfo1).</summary>
public sealed record XtConnmark(uint Mark, uint Mask, bool Inverted = false) : Expression;

/// <summary>Packets or bytes of the connection so far (struct xt_connbytes_info).</summary>
/// <param name="From">Lower limit.</param>
/// <param name="To">Upper limit, smaller than the lower one when the match is inverted.</param>
/// <param name="What">0 packets, 1 bytes, 2 bytes for each packet.</param>
/// <param name="Direction">0 original, 1 reply, 2 both.</param>
public sealed record XtConnbytes(ulong From, ulong To, byte What, byte Direction) : Expression;

/// <summary>How many connections an address or network has (struct xt_connlimit_info).</summary>
/// <param name="Limit">Matches above it (or, inverted, up to it).</param>
/// <param name="Mask">Which part of the address counts as one.</param>
/// <param name="Destination">Counts destinations, not sources.</param>
/// <param name="Inverted">Matches up to the limit.</param>
public sealed record XtConnlimit(uint Limit, IpAddr Mask, bool Destination = false, bool Inverted = false) : Expression;

/// <summary>A bit of the connection's label; with <c>Set</c> it is set first (struct xt_connlabel_mtinfo).</summary>
public sealed record XtConnlabel(ushort Bit, bool Set = false, bool Inverted = false) : Expression;

/// <summary>Name of the conntrack helper; empty = any (struct xt_helper_info).</summary>
public sealed record XtHelper(string Name, bool Inverted = false) : Expression;

/// <summary>What IPVS knows of the packet (struct xt_ipvs_mtinfo); null = does not look at it.</summary>
public sealed record XtIpvs : Expression
{
    /// <summary>The packet belongs (true) or does not belong (false) to an IPVS connection. Asked for before everything else.</summary>
    public bool? IpvsProperty { get; init; }

    public byte? Protocol { get; init; }

    public bool ProtocolInverted { get; init; }

    public XtAddress? VirtualAddress { get; init; }

    public XtPortRange? VirtualPort { get; init; }

    /// <summary>True original, false reply.</summary>
    public bool? OriginalDirection { get; init; }

    /// <summary>IP_VS_CONN_F_*: 0 masquerading, 2 tunnel, 3 direct routing.</summary>
    public byte? Method { get; init; }

    public bool MethodInverted { get; init; }

    /// <summary>Port of the controlling connection.</summary>
    public XtPortRange? ControlPort { get; init; }
}
