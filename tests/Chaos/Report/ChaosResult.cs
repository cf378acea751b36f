// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Planning;

namespace KubeWgDiag.Chaos.Report;

/// <summary>What a chaos run came to.</summary>
internal sealed record ChaosResult
{
    public required ChaosOptions Options { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Diagnoses by kind.</summary>
    public required IReadOnlyDictionary<DiagnosisKind, int> Kinds { get; init; }

    /// <summary>Diagnoses that ended as their kind has to.</summary>
    public required int Ended { get; init; }

    /// <summary>Runs that were seen.</summary>
    public required int Runs { get; init; }

    /// <summary>Every disturbance by its name, with how often it happened.</summary>
    public required IReadOnlyDictionary<string, long> Disturbances { get; init; }

    /// <summary>How often a process of the operator ended by itself: a lost leadership, or a bug.</summary>
    public required int UnaskedEnds { get; init; }

    /// <summary>Largest resident memory of an operator, in bytes.</summary>
    public required long OperatorMemory { get; init; }

    /// <summary>Everything that is wrong; empty when all is well.</summary>
    public required IReadOnlyList<string> Violations { get; init; }
}
