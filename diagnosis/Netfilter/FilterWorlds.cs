// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>
/// Which packet filters a family's packets meet. When nf_tables and the legacy tables both filter at a hook, a packet must get through both:
/// each tool shows only its own half, and an accept in one is no accept in the other.
/// </summary>
/// <param name="Family"><see cref="NetfilterFamily.Ipv4"/> or <see cref="NetfilterFamily.Ipv6"/>.</param>
/// <param name="Backends">The backends that do something to this family's packets.</param>
/// <param name="SharedHooks">Hooks at which more than one of them does.</param>
public sealed record FilterWorlds(NetfilterFamily Family, IReadOnlyList<NetfilterBackend> Backends, IReadOnlyList<NetfilterHook> SharedHooks)
{
    /// <summary>Both backends are in use at once.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsMixed => Backends.Count > 1;

    /// <summary>The worlds of IPv4 and of IPv6.</summary>
    public static IReadOnlyList<FilterWorlds> Of(NetfilterFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return [OfFamily(fact, NetfilterFamily.Ipv4), OfFamily(fact, NetfilterFamily.Ipv6)];
    }

    private static FilterWorlds OfFamily(NetfilterFact fact, NetfilterFamily family)
    {
        var used = new SortedDictionary<NetfilterBackend, SortedSet<NetfilterHook>>();
        foreach (var table in fact.Tables)
        {
            if (table.Dormant || (table.Family != family && table.Family != NetfilterFamily.Inet)) continue;
            foreach (var chain in table.Chains)
            {
                if (chain.Hook is not { } hook || !DoesSomething(chain)) continue;
                if (!used.TryGetValue(table.Backend, out var hooks)) used[table.Backend] = hooks = [];
                hooks.Add(hook);
            }
        }

        var shared = used.Count < 2 ? [] : used.Values.Skip(1).Aggregate<IEnumerable<NetfilterHook>, IEnumerable<NetfilterHook>>(used.Values.First(), (left, right) => left.Intersect(right));
        return new FilterWorlds(family, [.. used.Keys], [.. shared]);
    }

    /// <summary>An empty chain that accepts lets everything through, as if it were not there.</summary>
    private static bool DoesSomething(NetfilterChain chain) => chain.Rules.Count > 0 || chain.Policy == NetfilterPolicy.Drop;
}
