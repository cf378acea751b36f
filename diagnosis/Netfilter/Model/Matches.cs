// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Compares a register with a constant, bytes in memory order (nft_cmp).</summary>
public sealed record Compare(int Register, CompareOperator Operator, HexBytes Value) : Expression;

/// <summary>Compares a register with an inclusive range (nft_range). <c>Inverted</c> = NFT_RANGE_NEQ.</summary>
public sealed record RangeMatch(int Register, bool Inverted, HexBytes From, HexBytes To) : Expression;

/// <summary>Looks a key up in a set; with <c>Destination</c> loads a map's data, with <c>VerdictMap</c> gives the verdict found (nft_lookup).</summary>
public sealed record Lookup(string Set, int Register, int? Destination = null, bool VerdictMap = false, bool Inverted = false) : Expression;
