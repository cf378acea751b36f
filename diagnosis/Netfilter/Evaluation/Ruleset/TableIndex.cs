// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;

/// <summary>A table whose chains and sets are found by name.</summary>
internal sealed class TableIndex
{
    private readonly Dictionary<string, ChainIndex> _chains;
    private readonly Dictionary<string, SetIndex> _sets;
    private readonly Dictionary<(string Name, uint Type), NetfilterObject> _objects = [];

    public TableIndex(NetfilterTable table)
    {
        Table = table;
        _chains = new Dictionary<string, ChainIndex>(table.Chains.Count);
        foreach (var chain in table.Chains) _chains[chain.Name] = new ChainIndex(this, chain);
        _sets = new Dictionary<string, SetIndex>(table.Sets.Count);
        foreach (var set in table.Sets) _sets[set.Name] = new SetIndex(set);
        foreach (var entry in table.Objects ?? []) _objects[(entry.Name, entry.Type)] = entry;
    }

    public NetfilterTable Table { get; }

    public bool IsLegacy => Table.Backend == NetfilterBackend.Legacy;

    public IEnumerable<ChainIndex> Chains => _chains.Values;

    public ChainIndex? Chain(string name) => _chains.GetValueOrDefault(name);

    public SetIndex? Set(string name) => _sets.GetValueOrDefault(name);

    public NetfilterObject? Object(string name, uint type) => _objects.GetValueOrDefault((name, type));
}
