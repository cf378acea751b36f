// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>The packet filters of one network namespace: nf_tables and, beside it, the legacy xtables, in one shape.</summary>
public sealed record NetfilterFact
{
    /// <summary>Generation of the nf_tables ruleset (NFTA_GEN_ID); null when the kernel has no nf_tables.</summary>
    public uint? Generation { get; init; }

    /// <summary>The generation changed while the ruleset was read, and reading again did not help: parts may not fit together.</summary>
    public bool GenerationChanged { get; init; }

    /// <summary>Tables of both backends, in the order in which the kernel named them.</summary>
    public IReadOnlyList<NetfilterTable> Tables { get; init; } = [];

    /// <summary>Sets of the kernel's ipset subsystem, which xtables rules look up by name.</summary>
    public IReadOnlyList<IpSet> IpSets { get; init; } = [];

    /// <summary>Which backends have rules, and at which hooks both filter; null in facts that nobody has asked this of.</summary>
    public IReadOnlyList<FilterWorlds>? Worlds { get; init; }

    /// <summary>The rules of nf_tables or of legacy xtables exist, or may, and could not be read at all (<see cref="Gaps"/> says why).</summary>
    public bool BackendMissing { get; init; }

    /// <summary>What could not be read beside the rest, in words: a backend, a set; the evaluator answers Undetermined where it matters.</summary>
    public IReadOnlyList<string> Gaps { get; init; } = [];
}
