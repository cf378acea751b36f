// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Scale;

/// <summary>What is measured, with which programs.</summary>
internal sealed record ScaleOptions
{
    /// <summary>Nodes of the first run; the second has twice as many.</summary>
    public required int Nodes { get; init; }

    /// <summary>Whether the second run is made.</summary>
    public required bool Doubled { get; init; }

    /// <summary>Nodes on which the whole agent runs with a watch of its own; the others share watches.</summary>
    public required int Agents { get; init; }

    /// <summary>How long each probe watches its counters, in seconds.</summary>
    public required int ObservationSeconds { get; init; }

    /// <summary>The published operator.</summary>
    public required string Operator { get; init; }

    /// <summary>The embedded API server's assembly.</summary>
    public required string Server { get; init; }

    /// <summary>Where figures, logs and settings go.</summary>
    public required string Output { get; init; }
}
