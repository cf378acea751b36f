// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;

/// <summary>A chain with its table.</summary>
internal sealed class ChainIndex(TableIndex table, NetfilterChain chain)
{
    private readonly NetfilterRule[] _rules = chain.Rules as NetfilterRule[] ?? [.. chain.Rules];

    public TableIndex Table { get; } = table;

    public NetfilterChain Chain { get; } = chain;

    public ReadOnlySpan<NetfilterRule> Rules => _rules;

    /// <summary>A chain of NAT: it sees only the first packet of a connection, at the place of the kernel's own NAT hook.</summary>
    public bool IsNat => Chain.Type == "nat" || (Table.IsLegacy && Table.Table.Name == "nat");

    /// <summary>After a chain of this kind a packet made here is routed again when it changed.</summary>
    public bool Reroutes => Chain.Type == "route" || (Table.IsLegacy && Table.Table.Name == "mangle");

    public RuleReference Policy => new(Table.Table, Chain, null);
}
