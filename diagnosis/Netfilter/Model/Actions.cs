// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Overwrites packet bytes (nft_payload with NFTA_PAYLOAD_SREG).</summary>
public sealed record PayloadWrite(int Register, PayloadBase Base, int Offset, int Length) : Expression;

/// <summary>Overwrites or strips a TCP option (nft_exthdr with NFTA_EXTHDR_SREG, or without any register).</summary>
public sealed record ExtensionHeaderWrite(byte Header, int Offset, int Length, uint Operation, int? Register = null) : Expression;

/// <summary>Sets a property of the packet, e.g. its mark (nft_meta).</summary>
public sealed record MetaSet(int Register, uint Key) : Expression;

/// <summary>Sets a property of the connection, e.g. its mark (nft_ct).</summary>
public sealed record ConntrackSet(int Register, uint Key, byte? Direction = null) : Expression;

/// <summary>Logs and goes on (nft_log). <c>Level</c>: 0 emergency to 7 debug, 8 audit; <c>Flags</c>: NF_LOG_* (1 TCP sequence, 2 TCP options, 4 IP options, 8 user, 32 MAC address).</summary>
public sealed record LogExpression(string? Prefix = null, ushort? Group = null, uint? Level = null, uint? SnapLength = null, ushort? QueueThreshold = null, uint Flags = 0) : Expression;

/// <summary>Drops with an answer: type 0 ICMP unreachable, 1 TCP reset, 2 icmpx (nft_reject).</summary>
public sealed record RejectExpression(uint Type, byte Code) : Expression;

/// <summary>Rewrites the source (<c>Destination</c> = false) or destination; registers hold addresses and ports (nft_nat).</summary>
public sealed record NatExpression(bool Destination, NetfilterFamily Family, int? AddressMin = null, int? AddressMax = null, int? PortMin = null, int? PortMax = null, uint Flags = 0) : Expression;

/// <summary>Source NAT to the outgoing device's address (nft_masq).</summary>
public sealed record MasqueradeExpression(int? PortMin = null, int? PortMax = null, uint Flags = 0) : Expression;

/// <summary>Destination NAT to the incoming device's address (nft_redir).</summary>
public sealed record RedirectExpression(int? PortMin = null, int? PortMax = null, uint Flags = 0) : Expression;

/// <summary>Hands the packet to a local socket (nft_tproxy).</summary>
public sealed record TproxyExpression(NetfilterFamily Family, int? Address = null, int? Port = null) : Expression;

/// <summary>Hands the packet to user space (nft_queue). Flag 1 = accept when nobody listens, 2 = queue by CPU; with <c>Register</c> that holds the number.</summary>
public sealed record QueueExpression(ushort Number, ushort Total = 1, ushort Flags = 0, int? Register = null) : Expression;

/// <summary>No connection tracking (nft_notrack).</summary>
public sealed record NotrackExpression : Expression;

/// <summary>Answers SYN packets itself (nft_synproxy). <c>Flags</c>: NF_SYNPROXY_OPT_* (1 mss, 2 wscale, 4 sack-perm, 8 timestamp).</summary>
public sealed record SynproxyExpression(ushort? Mss = null, byte? WindowScale = null, uint Flags = 0) : Expression;

/// <summary>Puts the connection on a flow table's fast path (nft_flow_offload).</summary>
public sealed record FlowOffload(string Table) : Expression;

/// <summary>Sends a copy elsewhere (nft_dup).</summary>
public sealed record DuplicateExpression(int? Address = null, int? Device = null) : Expression;

/// <summary>Sends the packet out of another device, with <c>Address</c> by way of that neighbour (nft_fwd_netdev).</summary>
public sealed record ForwardExpression(int Device, int? Address = null, NetfilterFamily? Family = null) : Expression;
