// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>One name by which an owner is known.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Trait">Where the name stands; <see cref="OwnerTrait.Chain"/> serves for the chain of a rule and for the one it leads to.</param>
/// <param name="Pattern">The name; <c>*</c> at the end stands for any rest, one at the beginning for any beginning. Case counts.</param>
/// <param name="Exclusive">False for a name that people or other programs could choose as well.</param>
internal sealed record OwnerSignature(RuleOwner Owner, OwnerTrait Trait, string Pattern, bool Exclusive = true)
{
    /// <summary>Letters of the pattern without its stars: the longest one that matches is the most specific.</summary>
    public int Weight { get; } = Pattern.Trim('*').Length;

    /// <summary>Whether a name fits.</summary>
    public bool Matches(string name)
    {
        var pattern = Pattern.AsSpan();
        if (pattern.StartsWith("*")) return name.AsSpan().EndsWith(pattern[1..], StringComparison.Ordinal);
        return pattern.EndsWith("*")
            ? name.AsSpan().StartsWith(pattern[..^1], StringComparison.Ordinal)
            : pattern.SequenceEqual(name);
    }
}
