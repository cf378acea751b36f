// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;

/// <summary>The rule sets of both backends, arranged for packets: base chains by family and hook.</summary>
internal sealed class RulesetIndex
{
    private readonly Dictionary<(NetfilterFamily Family, NetfilterHook Hook), HookPlan> _plans = [];
    private readonly List<TableIndex> _tables;

    public RulesetIndex(NetfilterFact fact)
    {
        Fact = fact;
        _tables = [.. fact.Tables.Select(table => new TableIndex(table))];
        IpSets = new IpSetIndex(fact.IpSets);
    }

    public NetfilterFact Fact { get; }

    public IpSetIndex IpSets { get; }

    /// <summary>The base chains that a packet of a family meets at a hook.</summary>
    public HookPlan Plan(NetfilterFamily family, NetfilterHook hook)
    {
        if (_plans.TryGetValue((family, hook), out var plan)) return plan;
        plan = new HookPlan(hook, family, ChainsAt(family, hook));
        _plans[(family, hook)] = plan;
        return plan;
    }

    public static NetfilterFamily FamilyOf(IpFamily family) => family == IpFamily.IPv4 ? NetfilterFamily.Ipv4 : NetfilterFamily.Ipv6;

    private IEnumerable<ChainIndex> ChainsAt(NetfilterFamily family, NetfilterHook hook) =>
        from table in _tables
        where !table.Table.Dormant && Sees(table.Table.Family, family, hook)
        from chain in table.Chains
        where chain.Chain.Hook == hook
        select chain;

    /// <summary>An inet table is hooked into both IP families; at ingress it is a netdev one.</summary>
    private static bool Sees(NetfilterFamily table, NetfilterFamily packet, NetfilterHook hook) => packet switch
    {
        NetfilterFamily.Netdev => table == NetfilterFamily.Netdev || (table == NetfilterFamily.Inet && hook == NetfilterHook.Ingress),
        NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6 => table == packet || table == NetfilterFamily.Inet,
        _ => table == packet,
    };
}
