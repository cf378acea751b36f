// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>A rule in its place, or with <see cref="Rule"/> null the policy of a base chain.</summary>
/// <param name="Table">Table.</param>
/// <param name="Chain">Chain.</param>
/// <param name="Rule">Rule; null = the chain's policy.</param>
public sealed record RuleReference(NetfilterTable Table, NetfilterChain Chain, NetfilterRule? Rule)
{
    public NetfilterBackend Backend => Table.Backend;

    public NetfilterFamily Family => Table.Family;

    /// <summary>Handle of an nf_tables rule, number of a legacy one; null for a policy.</summary>
    public ulong? Handle => Rule?.Handle;

    /// <summary>Same place; contents are not compared.</summary>
    public bool Equals(RuleReference? other) =>
        other is not null && ReferenceEquals(Table, other.Table) && ReferenceEquals(Chain, other.Chain) && ReferenceEquals(Rule, other.Rule);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Table.Name, Chain.Name, Rule?.Handle);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(Backend == NetfilterBackend.Legacy ? "legacy " : "")}{Family.ToString().ToLowerInvariant()} {Table.Name} {Chain.Name} " +
        (Rule is null ? "policy" : Backend == NetfilterBackend.Legacy ? $"rule {Rule.Handle}" : $"handle {Rule.Handle}");
}
