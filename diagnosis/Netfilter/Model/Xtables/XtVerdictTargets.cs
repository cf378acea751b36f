// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Drops with an answer. <c>With</c> is enum ipt_reject_with or, with <c>Version6</c>, ip6t_reject_with.</summary>
public sealed record XtReject(bool Version6, uint With) : Expression;

/// <summary>Hands the packet to user space (struct xt_NFQ_info to _v3). Flags: 1 accept when nobody listens, 2 queue by CPU.</summary>
public sealed record XtNfqueue(byte Revision, ushort Number, ushort Total = 1, ushort Flags = 0) : Expression;

/// <summary>Answers SYN packets itself and drops; accepts what ends the handshake (struct nf_synproxy_info). Options: 1 MSS, 2 window scale, 4 SACK, 8 timestamp, 0x10 ECN.</summary>
public sealed record XtSynproxy(byte Options, byte WindowScale, ushort Mss) : Expression;

/// <summary>How conntrack treats the packet; goes on (struct xt_ct_target_info, _v1; NOTRACK).</summary>
public sealed record XtCt : Expression
{
    /// <summary>XT_CT_*: 1 no tracking, 2 written as NOTRACK, 4 zone in the original, 8 in the reply direction only, 16 zone of the mark.</summary>
    public ushort Flags { get; init; }

    public ushort Zone { get; init; }

    /// <summary>Bits of enum ip_conntrack_events; 0 = all.</summary>
    public uint Events { get; init; }

    /// <summary>Bits of enum ip_conntrack_expect_events.</summary>
    public uint ExpectEvents { get; init; }

    public string? Helper { get; init; }

    public string? Timeout { get; init; }

    /// <summary>The target NOTRACK, which has no info at all.</summary>
    public bool Notrack { get; init; }
}

/// <summary>Logs and goes on (struct xt_log_info). Flags: 1 TCP sequence, 2 TCP options, 4 IP options, 8 user id, 0x20 MAC.</summary>
public sealed record XtLog(byte Level, byte Flags, string Prefix) : Expression;

/// <summary>Sends to user space for logging and goes on (struct xt_nflog_info). Flag 1: at most <c>Length</c> bytes.</summary>
public sealed record XtNflog(ushort Group, string Prefix, uint Length, ushort Threshold, ushort Flags) : Expression;

/// <summary>Sends a copy elsewhere and goes on (struct xt_tee_tginfo).</summary>
public sealed record XtTee(IpAddr Gateway, string? OutputInterface = null) : Expression;

/// <summary>Traces the packet's way through the rules; goes on.</summary>
public sealed record XtTrace : Expression;

/// <summary>Writes an audit record, 0 accept, 1 drop, 2 reject; goes on (struct xt_audit_info).</summary>
public sealed record XtAudit(byte Type) : Expression;

/// <summary>Restarts a timer; goes on (struct idletimer_tg_info, _v1).</summary>
public sealed record XtIdletimer(uint Timeout, string Label, bool Alarm = false) : Expression;
