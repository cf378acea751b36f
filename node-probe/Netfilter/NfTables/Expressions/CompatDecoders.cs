// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>The binary xtables extensions of iptables-nft rules (linux/netfilter/nf_tables_compat.h).</summary>
internal static class CompatDecoders
{
    public static readonly KeyValuePair<string, ExpressionDecode>[] All = [new("match", Match), new("target", Target)];

    // NFTA_MATCH_*: 1 name, 2 revision, 3 info.
    private static Expression? Match(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        if (!a.IsWhole || decoder.Context.Names.Get(a[1]) is not { } name || a.UInt32(2) is not (<= byte.MaxValue and var revision)) return null;
        return decoder.Context.Xtables.DecodeMatch(decoder.Context.Family, name, (byte)revision, a[3]);
    }

    // NFTA_TARGET_*: 1 name, 2 revision, 3 info.
    private static Expression? Target(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        if (!a.IsWhole || decoder.Context.Names.Get(a[1]) is not { } name || a.UInt32(2) is not (<= byte.MaxValue and var revision)) return null;
        return decoder.Context.Xtables.DecodeTarget(decoder.Context.Family, name, (byte)revision, a[3]);
    }
}
