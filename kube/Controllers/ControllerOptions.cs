// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Queues;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>How a controller runs.</summary>
public sealed record ControllerOptions
{
    /// <summary>Label of its metrics and log lines.</summary>
    public required string Name { get; init; }

    /// <summary>How many keys are worked on at a time, at least 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Longest time of one reconciliation; null = as long as it takes.</summary>
    public TimeSpan? ReconcileLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Under this name finalizers are written; null = <see cref="Name"/>. At most 128 characters.</summary>
    public string? FieldManager { get; init; }

    public WorkQueueOptions Queue { get; init; } = new();

    public KubeLog? Log { get; init; }

    /// <summary>Opens the log scope of one reconciliation; null = none.</summary>
    public Func<ReconcileScope, IDisposable?>? Scope { get; init; }

    /// <summary>Makes the ids of reconciliations.</summary>
    public Func<string> NewReconcileId { get; init; } = static () => RandomNumberGenerator.GetHexString(16, lowercase: true);
}
