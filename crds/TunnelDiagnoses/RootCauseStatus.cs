// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.Schema;

namespace KubeWgDiag.Crds.TunnelDiagnoses;

/// <summary>A cause, with the evidence and the mending commands.</summary>
public sealed record RootCauseStatus
{
    /// <summary>Stable code; its page is docs/findings.</summary>
    [MaxLength(64)]
    public required string Code { get; init; }

    /// <summary>Where in the stack the fault sits.</summary>
    [MaxLength(32)]
    public required string Layer { get; init; }

    /// <summary>How bad it is.</summary>
    public required SeverityStatus Severity { get; init; }

    /// <summary>0 to 100 percent.</summary>
    [Bounds(0, 100)]
    public required int ConfidencePercent { get; init; }

    /// <summary>The node on which something has to change; the first of them when several have the very same fault.</summary>
    [MaxLength(253)]
    public required string Node { get; init; }

    /// <summary>All nodes that have this fault, where it is more than one; at most 20 are listed.</summary>
    [MaxItems(20)]
    [MaxLength(253)]
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>How many nodes have this fault.</summary>
    [Bounds(1, int.MaxValue)]
    public int? NodeCount { get; init; }

    /// <summary>Name of the WireGuard device on that node.</summary>
    [MaxLength(64)]
    public string? Device { get; init; }

    /// <summary>Public key of the peer entry.</summary>
    [MaxLength(44)]
    public string? PeerKey { get; init; }

    /// <summary>The node at the peer's end.</summary>
    [MaxLength(253)]
    public string? PeerNode { get; init; }

    /// <summary>One sentence: who, what, where.</summary>
    [MaxLength(1024)]
    public required string Message { get; init; }

    /// <summary>Why it matters.</summary>
    [MaxLength(1024)]
    public string? Explanation { get; init; }

    /// <summary>What would show that this is wrong.</summary>
    [MaxLength(1024)]
    public string? FalsifiedBy { get; init; }

    /// <summary>What was read and speaks for this cause.</summary>
    [MaxItems(24)]
    public IReadOnlyList<EvidenceStatus>? Evidence { get; init; }

    /// <summary>Commands in the order in which they are to be run.</summary>
    [MaxItems(64)]
    public IReadOnlyList<RemediationStatus>? Remediation { get; init; }

    /// <summary>Findings that this cause explains.</summary>
    [MaxItems(20)]
    public IReadOnlyList<ConsequenceStatus>? Consequences { get; init; }

    /// <summary>Findings that this cause explains too, shown under a deeper cause: as CODE on NODE.</summary>
    [MaxItems(20)]
    [MaxLength(330)]
    public IReadOnlyList<string>? AlsoExplains { get; init; }

    /// <summary>How many directed tunnels suffer.</summary>
    [Bounds(0, int.MaxValue)]
    public required int AffectedTunnels { get; init; }

    /// <summary>The first of them, as from->to.</summary>
    [MaxItems(10)]
    [MaxLength(520)]
    public IReadOnlyList<string>? AffectedTunnelSample { get; init; }

    /// <summary>Nodes of those tunnels; at most 20 are listed.</summary>
    [MaxItems(20)]
    [MaxLength(253)]
    public IReadOnlyList<string>? AffectedNodes { get; init; }
}

/// <summary>How bad it is.</summary>
public enum SeverityStatus
{
    /// <summary>Explains something; nobody has to act.</summary>
    Info,

    /// <summary>Degraded, or will break under a known condition.</summary>
    Warning,

    /// <summary>Part of the traffic fails.</summary>
    Error,

    /// <summary>No traffic, or a security property is lost.</summary>
    Critical,
}

/// <summary>One thing that was read and speaks for the finding.</summary>
public sealed record EvidenceStatus
{
    /// <summary>Node on which it was read.</summary>
    [MaxLength(253)]
    public required string Node { get; init; }

    /// <summary>What was read.</summary>
    [MaxLength(512)]
    public required string What { get; init; }

    /// <summary>What it said.</summary>
    [MaxLength(1024)]
    public required string Observed { get; init; }

    /// <summary>What it should have said.</summary>
    [MaxLength(1024)]
    public string? Expected { get; init; }

    /// <summary>Where it was read from.</summary>
    [MaxLength(128)]
    public string? Source { get; init; }
}

/// <summary>A command that mends, for a person to run.</summary>
public sealed record RemediationStatus
{
    /// <summary>Where to run it.</summary>
    [MaxLength(253)]
    public required string Node { get; init; }

    /// <summary>The command, one line of shell.</summary>
    [MaxLength(4096)]
    public required string Command { get; init; }

    /// <summary>What it changes, and for how long.</summary>
    [MaxLength(512)]
    public string? Scope { get; init; }

    /// <summary>The line that takes it back.</summary>
    [MaxLength(4096)]
    public string? Undo { get; init; }
}

/// <summary>A finding that the cause explains.</summary>
public sealed record ConsequenceStatus
{
    /// <summary>Code of the finding.</summary>
    [MaxLength(64)]
    public required string Code { get; init; }

    /// <summary>Node of the finding.</summary>
    [MaxLength(253)]
    public required string Node { get; init; }

    /// <summary>One sentence: what, where.</summary>
    [MaxLength(1024)]
    public required string Message { get; init; }
}

/// <summary>Something that could not be looked at.</summary>
public sealed record CouldNotCheckStatus
{
    /// <summary>Node on which it could not be read.</summary>
    [MaxLength(253)]
    public required string Node { get; init; }

    /// <summary>Which fact.</summary>
    [MaxLength(256)]
    public required string What { get; init; }

    /// <summary>Why not.</summary>
    [MaxLength(512)]
    public required string Reason { get; init; }

    /// <summary>On how many nodes it is the same, where it is more than one; the first of them is named.</summary>
    [Bounds(2, int.MaxValue)]
    public int? Nodes { get; init; }
}
