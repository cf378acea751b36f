// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Chaos.Disturbances;

/// <summary>What is done to the cluster as a whole; faults of single requests come on top.</summary>
internal enum Disturbance
{
    /// <summary>SIGKILL to a replica of the operator.</summary>
    OperatorKilled,

    /// <summary>SIGTERM to a replica of the operator.</summary>
    OperatorStopped,

    /// <summary>A probe dies.</summary>
    ProbeKilled,

    /// <summary>The API server resets every connection for a while.</summary>
    ServerResets,

    /// <summary>The API server does not listen for a while.</summary>
    ServerRefuses,

    /// <summary>The API server accepts and does not answer for a while.</summary>
    ServerHangs,

    /// <summary>Every watch ends with 410.</summary>
    WatchesExpired,

    /// <summary>The history is forgotten.</summary>
    Compacted,

    /// <summary>Every token of a service account becomes invalid.</summary>
    TokensRotated,
}
