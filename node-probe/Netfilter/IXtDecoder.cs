// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter;

/// <summary>
/// Decodes the binary form of xtables extensions, which legacy rules have and nf_tables rules of iptables-nft too (nft_compat).
/// The bytes are those of the kernel's structure, maybe with padding behind them. Never throws; what is not known becomes
/// <see cref="XtUnknownMatch"/> or <see cref="XtUnknownTarget"/>.
/// </summary>
internal interface IXtDecoder
{
    /// <summary>A match by its name and revision; some names mean something else in each family (icmp6, REJECT, MASQUERADE).</summary>
    Expression DecodeMatch(NetfilterFamily family, string name, byte revision, ReadOnlySpan<byte> info);

    /// <summary>A target by its name and revision.</summary>
    Expression DecodeTarget(NetfilterFamily family, string name, byte revision, ReadOnlySpan<byte> info);
}
