// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>A ruleset while its parts come in, one kind after the other.</summary>
internal sealed class RulesetBuilder
{
    private readonly Dictionary<(NetfilterFamily Family, string Name), TableBuilder> _byName = [];
    private readonly List<TableBuilder> _tables = [];

    public IReadOnlyList<TableBuilder> Tables => _tables;

    public void Clear()
    {
        _byName.Clear();
        _tables.Clear();
    }

    public void Add(NetfilterTable table)
    {
        var builder = new TableBuilder(table);
        if (_byName.TryAdd((table.Family, table.Name), builder)) _tables.Add(builder);
    }

    public TableBuilder? Find(NetfilterFamily family, string? name) =>
        name is not null && _byName.TryGetValue((family, name), out var table) ? table : null;

    /// <summary>The tables with everything that came in.</summary>
    /// <param name="incomplete">A kind did not come in whole.</param>
    public NetfilterTable[] Build(bool incomplete)
    {
        var tables = new NetfilterTable[_tables.Count];
        for (var i = 0; i < tables.Length; i++) tables[i] = _tables[i].Build(incomplete);
        return tables;
    }
}

/// <summary>A table while its parts come in.</summary>
internal sealed class TableBuilder(NetfilterTable table)
{
    private readonly Dictionary<string, ChainBuilder> _chainByName = new(StringComparer.Ordinal);
    private readonly List<ChainBuilder> _chains = [];

    public NetfilterFamily Family => table.Family;

    public string Name => table.Name;

    public List<NetfilterSet> Sets { get; } = [];

    public List<NetfilterObject> Objects { get; } = [];

    public List<NetfilterFlowTable> FlowTables { get; } = [];

    public IReadOnlyList<ChainBuilder> Chains => _chains;

    public void ClearChains()
    {
        _chainByName.Clear();
        _chains.Clear();
    }

    public void Add(NetfilterChain chain)
    {
        var builder = new ChainBuilder(chain);
        if (_chainByName.TryAdd(chain.Name, builder)) _chains.Add(builder);
    }

    public ChainBuilder? FindChain(string? name) => name is not null && _chainByName.TryGetValue(name, out var chain) ? chain : null;

    public NetfilterTable Build(bool incomplete)
    {
        var chains = new NetfilterChain[_chains.Count];
        for (var i = 0; i < chains.Length; i++) chains[i] = _chains[i].Build();
        return table with
        {
            Chains = chains,
            Sets = [.. Sets],
            Objects = Objects.Count == 0 ? null : [.. Objects],
            FlowTables = FlowTables.Count == 0 ? null : [.. FlowTables],
            Incomplete = incomplete,
        };
    }
}

/// <summary>A chain while its rules come in.</summary>
internal sealed class ChainBuilder(NetfilterChain chain)
{
    public List<NetfilterRule> Rules { get; } = [];

    public NetfilterChain Build() => Rules.Count == 0 ? chain : chain with { Rules = [.. Rules] };
}
