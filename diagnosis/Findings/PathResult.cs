// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Findings;

/// <summary>What becomes of the packets of one direction of a path that somebody asked about.</summary>
public sealed record PathResult
{
    /// <summary>Name of the path.</summary>
    public required string Path { get; init; }

    public required PathDirection Direction { get; init; }

    /// <summary>The node that sends; null when it is not known.</summary>
    public string? FromNode { get; init; }

    /// <summary>The node that receives; null when it is not known.</summary>
    public string? ToNode { get; init; }

    /// <summary>The address that sends; null when it is not known.</summary>
    public IpAddr? Source { get; init; }

    /// <summary>The address that receives; null when it is not known.</summary>
    public IpAddr? Destination { get; init; }

    /// <summary>IPPROTO_*; null when nothing was walked.</summary>
    public byte? Protocol { get; init; }

    /// <summary>The port of the side that answers; null where there is none.</summary>
    public ushort? Port { get; init; }

    public required PathVerdict Verdict { get; init; }

    /// <summary>One sentence: where it ends and why, or what nobody can tell.</summary>
    public required string Reason { get; init; }

    /// <summary>The steps in their order; they stop at the first one that fails.</summary>
    public IReadOnlyList<PathStep> Steps { get; init; } = [];

    /// <summary>The first step that fails; null when none does.</summary>
    public PathStep? FailingStep => Steps.FirstOrDefault(step => step.Outcome == PathStepOutcome.Fails);

    /// <summary>Code of the finding that says the same; null when no rule does.</summary>
    public string? Code { get; init; }

    /// <summary>Code of the root cause under which that finding stands; the same where it is one itself.</summary>
    public string? RootCause { get; init; }
}

/// <summary>One step of a path.</summary>
/// <param name="Place">Where.</param>
/// <param name="Node">The node; null for what is between two.</param>
/// <param name="Outcome">What becomes of the packet there.</param>
/// <param name="What">In words, with the entry that decided.</param>
public sealed record PathStep(PathPlace Place, string? Node, PathStepOutcome Outcome, string What);

/// <summary>The two directions of a path.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PathDirection>))]
public enum PathDirection
{
    Request,
    Reply,
}

/// <summary>Whether a direction works.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PathVerdict>))]
public enum PathVerdict
{
    /// <summary>Nothing that was read stands in its way.</summary>
    Works,

    /// <summary>A step is known to end it.</summary>
    Fails,

    /// <summary>A step could not be looked at, and no other is known to end it.</summary>
    CouldNotCheck,
}

/// <summary>Places on a path.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PathPlace>))]
public enum PathPlace
{
    SourceNamespace,
    SourceNode,

    /// <summary>WireGuard's choice of the peer at the sender.</summary>
    Encryption,

    /// <summary>The encrypted packet at the sender.</summary>
    SourceUnderlay,

    /// <summary>Between the nodes.</summary>
    Tunnel,

    /// <summary>Whether packets of full size fit.</summary>
    Mtu,

    /// <summary>The encrypted packet at the receiver.</summary>
    DestinationUnderlay,

    /// <summary>WireGuard's check of the source at the receiver.</summary>
    Decryption,
    DestinationNode,
    DestinationNamespace,
}

/// <summary>What becomes of a packet at a step.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PathStepOutcome>))]
public enum PathStepOutcome
{
    Passes,
    Fails,
    Unknown,
}
