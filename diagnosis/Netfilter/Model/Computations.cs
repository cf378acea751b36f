// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Destination = (source &amp; mask) ^ xor (nft_bitwise, NFT_BITWISE_MASK_XOR).</summary>
public sealed record Bitwise(int Source, int Destination, int Length, HexBytes Mask, HexBytes Xor) : Expression;

/// <summary>Shifts a register (nft_bitwise, NFT_BITWISE_LSHIFT or RSHIFT), big-endian words as the kernel does it.</summary>
public sealed record BitwiseShift(int Source, int Destination, int Length, bool Left, uint Bits) : Expression;

/// <summary>Combines two registers: 3 AND, 4 OR, 5 XOR (nft_bitwise, Linux 6.13).</summary>
public sealed record BitwiseRegister(int Source, int Source2, int Destination, int Length, uint Operation) : Expression;

/// <summary>Turns the byte order of <c>Size</c>-byte units (nft_byteorder). <c>ToNetwork</c> = NFT_BYTEORDER_HTON.</summary>
public sealed record ByteOrder(int Source, int Destination, int Length, int Size, bool ToNetwork) : Expression;
