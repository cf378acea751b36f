// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Packet mark = (packet mark &amp; ~mask) ^ mark; goes on (struct xt_mark_tginfo2).</summary>
public sealed record XtMarkTarget(uint Mark, uint Mask) : Expression;

/// <summary>
/// Connection mark (struct xt_connmark_tginfo1, 2). <c>Mode</c> 0 set: ct = (ct &amp; ~CtMask) ^ CtMark. 1 save: ct = (ct &amp; ~CtMask) ^ (nf &amp; NfMask).
/// 2 restore: nf = (nf &amp; ~NfMask) ^ (ct &amp; CtMask). <c>ShiftBits</c> shifts what is saved or restored (revision 2). Goes on.
/// </summary>
public sealed record XtConnmarkTarget(byte Mode, uint CtMark, uint CtMask, uint NfMask, bool ShiftRight = false, byte ShiftBits = 0) : Expression;

/// <summary>Sets skb priority to a class of tc, major in the upper half; goes on (struct xt_classify_target_info).</summary>
public sealed record XtClassify(uint Priority) : Expression;

/// <summary>Sets the DSCP field; goes on (struct xt_DSCP_info).</summary>
public sealed record XtDscpTarget(byte Dscp) : Expression;

/// <summary>TOS = (TOS &amp; ~mask) ^ value; goes on (struct xt_tos_target_info).</summary>
public sealed record XtTosTarget(byte Value, byte Mask) : Expression;

/// <summary>Changes TTL or, with <c>HopLimit</c>, hop limit; goes on, or drops what falls to 0 (struct ipt_TTL_info, ip6t_HL_info).</summary>
public sealed record XtTtlTarget(XtChange Change, byte Value, bool HopLimit = false) : Expression;

/// <summary>Changes ECN bits; goes on (struct ipt_ECN_info). <c>Operation</c>: 1 IP bits = <c>IpEct</c>, 0x10 ECE = <c>TcpBits</c> bit 0, 0x20 CWR = bit 1.</summary>
public sealed record XtEcnTarget(byte Operation, byte IpEct, byte TcpBits) : Expression;

/// <summary>Sets the MSS of SYN packets; null = that of the path (struct xt_tcpmss_info). Goes on.</summary>
public sealed record XtTcpMssTarget(ushort? Mss = null) : Expression;

/// <summary>Replaces TCP options by no-operations; goes on (struct xt_tcpoptstrip_target_info).</summary>
public sealed record XtTcpOptStrip(IReadOnlyList<byte> Options) : Expression;

/// <summary>Fills in the checksum; goes on (struct xt_CHECKSUM_info).</summary>
public sealed record XtChecksum(byte Operation) : Expression;

/// <summary>Marks for SELinux; goes on (struct xt_secmark_target_info, _v1).</summary>
public sealed record XtSecmark(byte Mode, string Context) : Expression;

/// <summary>Copies the security mark: 1 save to the connection, 2 restore from it; goes on (struct xt_connsecmark_target_info).</summary>
public sealed record XtConnsecmark(byte Mode) : Expression;

/// <summary>Adds to and deletes from ipsets, or maps to marks; goes on (struct xt_set_info_target_v1 to v3).</summary>
public sealed record XtSetTarget : Expression
{
    public XtSetReference? Add { get; init; }

    public XtSetReference? Delete { get; init; }

    public XtSetReference? Map { get; init; }

    /// <summary>Timeout of added elements in seconds; null = that of the set.</summary>
    public uint? Timeout { get; init; }

    /// <summary>An element that is there gets the timeout too.</summary>
    public bool Exist { get; init; }

    /// <summary>IPSET_FLAG_MAP_*: 0x100 mark, 0x200 priority, 0x400 queue.</summary>
    public uint MapFlags { get; init; }
}

/// <summary>A set as <see cref="XtSetTarget"/> names it; see <see cref="XtSet"/>.</summary>
public sealed record XtSetReference(ushort Index, IReadOnlyList<bool> Sources, string? Name = null);
