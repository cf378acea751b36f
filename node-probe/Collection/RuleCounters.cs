// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>What the packet filters had counted at the start of the observation: numbers only, the rule sets themselves are not held during it.</summary>
internal sealed class RuleCounters
{
    /// <summary>Stands for the policy of a chain; the kernel counts handles and legacy rules from 1.</summary>
    private const ulong Policy = 0;

    private readonly Dictionary<ChainKey, Dictionary<ulong, ulong>> _packets = [];

    /// <summary>The counters of every namespace whose packet filters were read.</summary>
    public static RuleCounters Of(NodeFacts facts)
    {
        var counters = new RuleCounters();
        foreach (var space in facts.Namespaces)
        {
            foreach (var table in space.Netfilter?.Value?.Tables ?? [])
            {
                foreach (var chain in table.Chains) counters.Add(space.Id, table, chain);
            }
        }

        return counters;
    }

    /// <summary>How much a rule or policy counted since; null when it does not count, was not there, or was reset.</summary>
    public ulong? Growth(string space, RuleReference reference)
    {
        var now = reference.Rule is null ? reference.Chain.PolicyCounter : reference.Rule.Counter;
        if (now is null || !_packets.TryGetValue(KeyOf(space, reference.Table, reference.Chain), out var before)) return null;
        return before.TryGetValue(reference.Handle ?? Policy, out var then) && now.Packets >= then ? now.Packets - then : null;
    }

    private void Add(string space, NetfilterTable table, NetfilterChain chain)
    {
        var packets = new Dictionary<ulong, ulong>();
        if (chain.PolicyCounter is { } policy) packets[Policy] = policy.Packets;
        foreach (var rule in chain.Rules)
        {
            if (rule.Counter is { } counter) packets[rule.Handle] = counter.Packets;
        }

        if (packets.Count > 0) _packets[KeyOf(space, table, chain)] = packets;
    }

    // Legacy rules are numbered within their chain: with another number of rules a number means another rule.
    private static ChainKey KeyOf(string space, NetfilterTable table, NetfilterChain chain) =>
        new(space, table.Backend, table.Family, table.Name, chain.Name, table.Backend == NetfilterBackend.Legacy ? chain.Rules.Count : 0);

    private readonly record struct ChainKey(string Space, NetfilterBackend Backend, NetfilterFamily Family, string Table, string Chain, int Rules);
}
