// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Decodes NFTA_DATA_VERDICT: NFTA_VERDICT_CODE and, of jump and goto, NFTA_VERDICT_CHAIN.</summary>
internal static class VerdictDecoder
{
    private static readonly Verdict Stolen = new(VerdictKind.Stolen);
    private static readonly Verdict Queue = new(VerdictKind.Queue);
    private static readonly Verdict Repeat = new(VerdictKind.Repeat);
    private static readonly Verdict Break = new(VerdictKind.Break);

    /// <summary>The verdict in a struct nft_data; null when there is none or it is not known.</summary>
    public static Verdict? Decode(ReadOnlySpan<byte> data, NfContext context)
    {
        var verdict = new NfAttributes(new NfAttributes(data, 2)[2], 3);
        if (!verdict.TryUInt32(1, out var code)) return null;
        return (int)code switch
        {
            0 => Verdict.Drop,
            1 => Verdict.Accept,
            2 => Stolen,
            // NF_QUEUE has its queue number in the upper half, which nft_queue sets itself.
            3 => Queue,
            4 => Repeat,
            -1 => Verdict.Continue,
            -2 => Break,
            -3 => Jump(VerdictKind.Jump, verdict[2], context),
            -4 => Jump(VerdictKind.Goto, verdict[2], context),
            -5 => Verdict.Return,
            _ => null,
        };
    }

    private static Verdict? Jump(VerdictKind kind, ReadOnlySpan<byte> chain, NfContext context) =>
        context.Names.Get(chain) is { } name ? context.Jump(kind, name) : null;
}
