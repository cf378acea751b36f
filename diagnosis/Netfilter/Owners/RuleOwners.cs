// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>
/// Says which program owns a rule, by names that programs give to tables, chains and comments. Where the rule stands goes before what it
/// says: a rule in a chain of kube-proxy that jumps to a chain of kubelet is kube-proxy's. In a builtin chain it is the other way round:
/// what it jumps to, else its comment, else the devices it names.
/// </summary>
public static class RuleOwners
{
    private static readonly char[] Separators = [' ', '"', ',', '{', '}', '\t'];

    /// <summary>The owner of a rule. <paramref name="text"/>, the rule as a tool prints it, shows devices; without it they are not looked at.</summary>
    public static RuleOwnership Of(NetfilterTable table, NetfilterChain chain, NetfilterRule rule, string? text = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var place = Of(table, chain);
        if (place.Proof == OwnerProof.Certain) return place;
        var said = OfContent(rule, text);
        // In a chain whose name others could have chosen too, an equally good sign on the rule itself is the more exact one.
        return said.Proof >= place.Proof && said.Proof != OwnerProof.None ? said : place;
    }

    /// <summary>The owner of a table and chain, hence of what happens when no rule decides.</summary>
    public static RuleOwnership Of(NetfilterTable table, NetfilterChain chain)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(chain);
        // Legacy tables have the kernel's names; and iptables-nft gives the same ones to its tables, which are nobody's.
        var byTable = table.Backend == NetfilterBackend.NfTables ? Find(OwnerTrait.Table, table.Name) : null;
        if (byTable is not null) return Owned(byTable, OwnerTrait.Table, table.Name);
        return Find(OwnerTrait.Chain, chain.Name) is { } byChain ? Owned(byChain, OwnerTrait.Chain, chain.Name) : RuleOwnership.Unknown;
    }

    /// <summary>The owner of a chain by its name alone.</summary>
    public static RuleOwnership OfChain(string chain) =>
        Find(OwnerTrait.Chain, chain) is { } found ? Owned(found, OwnerTrait.Chain, chain) : RuleOwnership.Unknown;

    private static RuleOwnership OfContent(NetfilterRule rule, string? text)
    {
        foreach (var expression in rule.Expressions ?? [])
        {
            if (expression is VerdictExpression { Verdict.Chain: { } target } && Find(OwnerTrait.Chain, target) is { } jump)
                return new RuleOwnership(jump.Owner, OwnerProof.Strong, OwnerTrait.Jump, target);
        }

        if (rule.Comment is { } comment && Find(OwnerTrait.Comment, comment) is { } said)
            return new RuleOwnership(said.Owner, OwnerProof.Strong, OwnerTrait.Comment, comment);
        return text is null ? RuleOwnership.Unknown : OfDevices(text);
    }

    private static RuleOwnership OfDevices(string text)
    {
        foreach (var word in text.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Find(OwnerTrait.Device, word) is { } named) return new RuleOwnership(named.Owner, OwnerProof.Weak, OwnerTrait.Device, word);
        }

        return RuleOwnership.Unknown;
    }

    private static RuleOwnership Owned(OwnerSignature signature, OwnerTrait by, string evidence) =>
        new(signature.Owner, signature.Exclusive ? OwnerProof.Certain : OwnerProof.Strong, by, evidence);

    private static OwnerSignature? Find(OwnerTrait trait, string name)
    {
        OwnerSignature? best = null;
        foreach (var signature in OwnerSignatures.All)
        {
            if (signature.Trait == trait && (best is null || signature.Weight > best.Weight) && signature.Matches(name)) best = signature;
        }

        return best;
    }
}
