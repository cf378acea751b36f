// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Loads the name of the operating system that a SYN looks like, 16 bytes; <c>Flags</c> 1 = with its version (nft_osf).</summary>
public sealed record OsfLoad(int Register, byte Ttl, uint Flags = 0) : Expression;

/// <summary>Loads a property of the IPsec state; <c>Key</c> is NFT_XFRM_KEY_*, <c>Direction</c> 0 in, 1 out, <c>StateNumber</c> the place in the path (nft_xfrm).</summary>
public sealed record XfrmLoad(int Register, uint Key, byte Direction, uint StateNumber = 0) : Expression;

/// <summary>Loads a property of the packet's tunnel metadata; <c>Key</c> is NFT_TUNNEL_* (0 present, 1 id), <c>Mode</c> 0 both, 1 received, 2 to send (nft_tunnel).</summary>
public sealed record TunnelLoad(int Register, uint Key, uint Mode = 0) : Expression;

/// <summary>
/// Runs an expression on the packet inside of a tunnel header (nft_inner). <c>Type</c>: 1 VXLAN, 2 GENEVE; <c>Flags</c>: 1 header has a size,
/// 2 link, 4 network, 8 transport header is looked for.
/// </summary>
public sealed record InnerExpression(uint Type, uint Flags, uint HeaderSize, Expression Inner) : Expression;
