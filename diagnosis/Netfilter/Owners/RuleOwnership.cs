// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Who owns a rule, and why that is thought.</summary>
/// <param name="Owner">Who; <see cref="RuleOwner.Unknown"/> when nothing points to anyone.</param>
/// <param name="Proof">How sure.</param>
/// <param name="By">What pointed to the owner.</param>
/// <param name="Evidence">The name or comment that did; empty when nothing did.</param>
public sealed record RuleOwnership(RuleOwner Owner, OwnerProof Proof, OwnerTrait By, string Evidence)
{
    /// <summary>Nothing points to anyone.</summary>
    public static readonly RuleOwnership Unknown = new(RuleOwner.Unknown, OwnerProof.None, OwnerTrait.None, string.Empty);
}

/// <summary>How sure an ownership is. Names can be copied, so the highest level still means "by all that stands in the rule set".</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OwnerProof>))]
public enum OwnerProof
{
    None,

    /// <summary>It names a thing of the owner (its device), which others may name too.</summary>
    Weak,

    /// <summary>Names or comments in the owner's style that others could choose as well; or a jump into the owner's chain, which anyone may write.</summary>
    Strong,

    /// <summary>It stands in a table or chain whose name only the owner uses, and which the owner rewrites as it likes.</summary>
    Certain,
}

/// <summary>What an owner is known by.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OwnerTrait>))]
public enum OwnerTrait
{
    None,

    /// <summary>The name of the nf_tables table.</summary>
    Table,

    /// <summary>The name of the chain the rule stands in.</summary>
    Chain,

    /// <summary>The name of the chain that the rule leads to.</summary>
    Jump,

    /// <summary>The rule's comment.</summary>
    Comment,

    /// <summary>A device that the rule names.</summary>
    Device,
}
