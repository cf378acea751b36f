// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.Schema;

namespace KubeWgDiag.Crds.TunnelDiagnoses;

/// <summary>What becomes of the packets of a path; one for each address that it leads to.</summary>
public sealed record PathStatus
{
    /// <summary>Name of the path.</summary>
    [MaxLength(63)]
    public required string Name { get; init; }

    /// <summary>The node where it begins.</summary>
    [MaxLength(253)]
    public string? FromNode { get; init; }

    /// <summary>The node where it ends.</summary>
    [MaxLength(253)]
    public string? ToNode { get; init; }

    /// <summary>The address that it begins at.</summary>
    [MaxLength(45)]
    public string? Source { get; init; }

    /// <summary>The address that it leads to.</summary>
    [MaxLength(45)]
    public string? Target { get; init; }

    /// <summary>From source to target.</summary>
    public required PathDirectionStatus Request { get; init; }

    /// <summary>The answer.</summary>
    public required PathDirectionStatus Reply { get; init; }
}

/// <summary>One direction of a path.</summary>
public sealed record PathDirectionStatus
{
    /// <summary>Whether it works.</summary>
    public required PathVerdictStatus Verdict { get; init; }

    /// <summary>Where it ends and why, or what nobody can tell.</summary>
    [MaxLength(512)]
    public required string Reason { get; init; }

    /// <summary>The first step that fails: SourceNamespace, SourceNode, Encryption, SourceUnderlay, Tunnel, Mtu, DestinationUnderlay, Decryption, DestinationNode or DestinationNamespace.</summary>
    [MaxLength(64)]
    public string? FailingStep { get; init; }

    /// <summary>Code of the finding that says the same; absent when no rule does.</summary>
    [MaxLength(64)]
    public string? Code { get; init; }

    /// <summary>Code of the root cause under which that finding stands.</summary>
    [MaxLength(64)]
    public string? RootCause { get; init; }

    /// <summary>The steps up to the first one that fails.</summary>
    [MaxItems(16)]
    public IReadOnlyList<PathStepStatus>? Steps { get; init; }
}

/// <summary>One step of a path.</summary>
public sealed record PathStepStatus
{
    /// <summary>Where on the path.</summary>
    [MaxLength(64)]
    public required string Step { get; init; }

    /// <summary>The node; absent for what is between two.</summary>
    [MaxLength(253)]
    public string? Node { get; init; }

    /// <summary>What becomes of the packet there: Passes, Fails or Unknown.</summary>
    [MaxLength(64)]
    public required string Outcome { get; init; }

    /// <summary>What decides.</summary>
    [MaxLength(512)]
    public required string What { get; init; }
}

/// <summary>Whether a direction of a path works.</summary>
public enum PathVerdictStatus
{
    /// <summary>Nothing that was read stands in its way.</summary>
    Works,

    /// <summary>A step is known to end it.</summary>
    Fails,

    /// <summary>A step could not be looked at, and no other is known to end it.</summary>
    CouldNotCheck,
}
