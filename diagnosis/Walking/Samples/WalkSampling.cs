// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>How much sample walking there may be, and what the walker cannot know by itself.</summary>
public sealed record WalkSampling
{
    /// <summary>Peers of a device whose packets are walked, those in trouble first: rules that tell peers apart do so by networks, not one by one.</summary>
    public int MaxPeers { get; init; } = 24;

    /// <summary>Networks and hosts behind the node that are tried with each of them, of each family.</summary>
    public int MaxNetworks { get; init; } = 4;

    /// <summary>Entries in the facts of a namespace.</summary>
    public int MaxEntries { get; init; } = 64;

    /// <summary>The wall clock; null = unknown.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>True when the time for walking is over; what is not walked then is not told.</summary>
    public Func<bool> IsOver { get; init; } = static () => false;

    /// <summary>How much the counter of a rule or policy in a namespace (by its id) grew during the observation; null = not known.</summary>
    public Func<string, RuleReference, ulong?> Growth { get; init; } = static (_, _) => null;
}
