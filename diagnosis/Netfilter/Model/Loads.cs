// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Loads packet bytes (nft_payload).</summary>
public sealed record PayloadLoad(int Register, PayloadBase Base, int Offset, int Length) : Expression;

/// <summary>Loads a part of an IPv6 extension header, TCP option or IP option; with <c>PresenceOnly</c> one byte 0 or 1 (nft_exthdr). <c>Operation</c>: 0 IPv6, 1 TCP option, 2 IPv4 option, 3 SCTP chunk, 4 DCCP option.</summary>
public sealed record ExtensionHeader(int Register, byte Header, int Offset, int Length, uint Operation, bool PresenceOnly = false) : Expression;

/// <summary>Loads a property of the packet; <c>Key</c> is NFT_META_* (nft_meta).</summary>
public sealed record MetaLoad(int Register, uint Key) : Expression;

/// <summary>Loads a property of the connection; <c>Key</c> is NFT_CT_*; <c>Direction</c>: 0 original, 1 reply (nft_ct).</summary>
public sealed record ConntrackLoad(int Register, uint Key, byte? Direction = null) : Expression;

/// <summary>Loads a property of the route; <c>Key</c> is NFT_RT_* (nft_rt).</summary>
public sealed record RouteLoad(int Register, uint Key) : Expression;

/// <summary>Asks the FIB; <c>Result</c> is NFT_FIB_RESULT_* (1 oif, 2 oifname, 3 address type), <c>Flags</c> NFTA_FIB_F_* (1 saddr, 2 daddr, 4 mark, 8 iif, 16 oif, 32 present) (nft_fib).</summary>
public sealed record FibLoad(int Register, uint Result, uint Flags) : Expression;

/// <summary>Loads a property of the local socket; <c>Key</c> is NFT_SOCKET_* (nft_socket).</summary>
public sealed record SocketLoad(int Register, uint Key, uint Level = 0) : Expression;

/// <summary>Loads a counter or a random number modulo <c>Modulus</c>, plus <c>Offset</c>; <c>Random</c> = NFT_NG_RANDOM (nft_numgen).</summary>
public sealed record NumberGenerator(int Register, uint Modulus, bool Random, uint Offset = 0) : Expression;

/// <summary>Loads a Jenkins or symmetric hash modulo <c>Modulus</c> (nft_hash).</summary>
public sealed record HashLoad(int Register, int? Source = null, int Length = 0, uint Modulus = 0, uint? Seed = null, uint Offset = 0, bool Symmetric = false) : Expression;
