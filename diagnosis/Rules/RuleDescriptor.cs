// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>What is fixed about a rule.</summary>
/// <param name="Code">Stable code, <c>WG-</c> and words.</param>
/// <param name="Layer">Where in the stack the fault sits.</param>
/// <param name="Severity">The usual severity; a finding may be milder where less is known.</param>
/// <param name="Title">A few words.</param>
public sealed record RuleDescriptor(string Code, Layer Layer, Severity Severity, string Title)
{
    /// <summary>Depth of the cause: lower numbers explain higher ones when both hold, and are ranked first.</summary>
    public required int Precedence { get; init; }

    /// <summary>Why it matters: what the kernel does in this state.</summary>
    public required string Explanation { get; init; }

    /// <summary>What would show that such a finding is wrong.</summary>
    public required string FalsifiedBy { get; init; }

    /// <summary>
    /// True for what is always a consequence: never a root where anything else holds on the same tunnel, device or node, and alone a note. A symptom rule's
    /// finding stands where nothing sharper explains the same tunnel.
    /// </summary>
    public bool ConsequenceOnly { get; init; }

    /// <summary>True when the fault keeps handshakes from completing; the others leave them fresh.</summary>
    public bool StopsHandshake { get; init; }

    /// <summary>How far the fault reaches, so that it can explain what it did not cause itself.</summary>
    public Reach Reach { get; init; } = Reach.Device;

    /// <summary>Codes whose findings explain this one where they reach it. Each of them has a lower <see cref="Precedence"/>, so the graph has no circle.</summary>
    public IReadOnlyList<string> ExplainedBy { get; init; } = [];

    /// <summary>Facts of the device's namespace that would have confirmed or excluded a finding; where they could not be had it is less sure. Not those without which the rule is silent.</summary>
    public IReadOnlyList<WantedFact> Wants { get; init; } = [];
}

/// <summary>What a fault takes along.</summary>
public enum Reach
{
    /// <summary>Findings on the same device.</summary>
    Device,

    /// <summary>Findings on the same device whose tunnels are all among its own.</summary>
    Entries,

    /// <summary>Findings on any node whose tunnels, in either direction, are all among its own.</summary>
    Tunnels,

    /// <summary>Findings anywhere on the same node.</summary>
    Node,
}

/// <summary>A fact that a rule can do without.</summary>
public enum WantedFact
{
    /// <summary>Counters of the IP layers.</summary>
    ProtocolCounters,

    /// <summary>Addresses of the namespace.</summary>
    Addresses,

    /// <summary>Its routes.</summary>
    Routes,

    /// <summary>Its routing rules.</summary>
    Rules,

    /// <summary>The kernel's own answers to which way packets go.</summary>
    RouteLookups,

    /// <summary>Settings of the kernel.</summary>
    Sysctls,
}
