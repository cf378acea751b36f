// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Owners;

namespace KubeWgDiag.Diagnosis.Facts.Walks;

/// <summary>A packet filter's rule, or the policy of a chain, that decided something.</summary>
public sealed record WalkRule
{
    public required NetfilterBackend Backend { get; init; }

    public required NetfilterFamily Family { get; init; }

    public required string Table { get; init; }

    public required string Chain { get; init; }

    public NetfilterHook? Hook { get; init; }

    /// <summary>Handle of an nf_tables rule, number of a legacy one within its chain; null for a policy.</summary>
    public ulong? Handle { get; init; }

    /// <summary>The rule as nft or iptables-save print it, at most 256 characters.</summary>
    public required string Text { get; init; }

    /// <summary>Who made it; null when nothing tells.</summary>
    public string? Owner { get; init; }

    public RuleOwnerKind OwnerKind { get; init; }

    /// <summary>Packets it counted; null when it has no counter.</summary>
    public Counter? Packets { get; init; }

    /// <summary>What the rule looks at, as far as it tells what the rule is for.</summary>
    public WalkRuleTraits Traits { get; init; }

    /// <summary>Rules of nf_tables and of the legacy tables both filter this family's packets.</summary>
    public bool TwoWorlds { get; init; }

    /// <summary>True for the policy of a chain.</summary>
    [JsonIgnore]
    public bool IsPolicy => Handle is null;
}

/// <summary>What a rule looks at.</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<WalkRuleTraits>))]
public enum WalkRuleTraits
{
    None = 0,

    /// <summary>Whether the source could be reached by the device it came from (fib saddr, rpfilter).</summary>
    ReversePath = 1,

    /// <summary>The packet's mark.</summary>
    Mark = 2,

    /// <summary>The state of the connection.</summary>
    State = 4,

    /// <summary>Whether an address is one of this host (fib type, addrtype).</summary>
    AddressType = 8,

    /// <summary>The range 100.64.0.0/10.</summary>
    SharedRange = 16,

    /// <summary>ICMP types.</summary>
    Icmp = 32,
}
