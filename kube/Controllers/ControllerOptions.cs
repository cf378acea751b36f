// SPDX-License-Identifier: Apache-2.0

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

    /// <summary>Longest time of one reconciliation.</summary>
    public TimeSpan ReconcileLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long work may go on after the stop.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(20);

    public WorkQueueOptions Queue { get; init; } = new();

    public KubeLog? Log { get; init; }
}
