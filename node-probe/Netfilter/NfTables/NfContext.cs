// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>What decoders share while one ruleset is read.</summary>
/// <param name="xtables">Decodes the binary forms of iptables-nft rules.</param>
internal sealed class NfContext(IXtDecoder xtables)
{
    private readonly Dictionary<(VerdictKind Kind, string Chain), Verdict> _jumps = [];

    public IXtDecoder Xtables { get; } = xtables;

    public NameTable Names { get; } = new();

    public ByteSlab Bytes { get; } = new();

    /// <summary>The family of the table that is being decoded.</summary>
    public NetfilterFamily Family { get; set; }

    /// <summary>Attributes and records that were not understood.</summary>
    public int Unknown { get; set; }

    /// <summary>One object for all jumps to a chain.</summary>
    public Verdict Jump(VerdictKind kind, string chain)
    {
        if (_jumps.TryGetValue((kind, chain), out var verdict)) return verdict;
        return _jumps[(kind, chain)] = new Verdict(kind, chain);
    }
}
