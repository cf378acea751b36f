// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Loads a constant into a register (nft_immediate).</summary>
public sealed record Immediate(int Register, HexBytes Value) : Expression;

/// <summary>Loads a verdict (nft_immediate into NFT_REG_VERDICT).</summary>
public sealed record VerdictExpression(Verdict Verdict) : Expression;
