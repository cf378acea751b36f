// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;

/// <summary>What happens at a hook, in order: groups of base chains of equal priority, connection tracking and NAT between them.</summary>
internal sealed class HookPlan
{
    /// <summary>NF_IP_PRI_CONNTRACK, NF_IP_PRI_NAT_DST, NF_IP_PRI_NAT_SRC of linux/netfilter_ipv4.h; IPv6 has the same.</summary>
    private const int ConntrackPriority = -200, DestinationNatPriority = -100, SourceNatPriority = 100;

    public HookPlan(NetfilterHook hook, NetfilterFamily family, IEnumerable<ChainIndex> chains)
    {
        Hook = hook;
        Family = family;
        var steps = new List<HookStep>();
        var isIp = family is NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6;
        var all = chains.ToList();
        // The kernel has one NAT hook for all tables; the priority of a nat chain only orders it among the nat chains.
        var nat = all.Where(chain => isIp && chain.IsNat).OrderBy(chain => chain.Chain.Priority).ToArray();
        if (nat.Length > 0)
        {
            var priority = hook is NetfilterHook.Prerouting or NetfilterHook.Output ? DestinationNatPriority : SourceNatPriority;
            steps.Add(new HookStep(HookStepKind.Nat, priority, nat));
        }

        if (isIp && hook is NetfilterHook.Prerouting or NetfilterHook.Output) steps.Add(new HookStep(HookStepKind.Conntrack, ConntrackPriority, []));
        steps.AddRange(all.Where(chain => !(isIp && chain.IsNat)).GroupBy(chain => chain.Chain.Priority)
            .Select(group => new HookStep(HookStepKind.Chains, group.Key, [.. group])));
        Steps = [.. steps.OrderBy(step => step.Priority).ThenBy(step => step.Kind)];
    }

    public NetfilterHook Hook { get; }

    public NetfilterFamily Family { get; }

    public IReadOnlyList<HookStep> Steps { get; }
}

/// <summary>A step at a hook.</summary>
internal sealed record HookStep(HookStepKind Kind, int Priority, ChainIndex[] Chains);

/// <summary>Kinds of steps, in the order in which they are taken at equal priority.</summary>
internal enum HookStepKind
{
    Conntrack,
    Nat,
    Chains,
}
