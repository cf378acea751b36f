// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Queues;

/// <summary>How fast failed keys come back; the defaults are client-go's.</summary>
public sealed record WorkQueueOptions
{
    /// <summary>Wait after the first failure of a key; doubles with each further one.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(5);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(1000);

    /// <summary>Retries a second over all keys, once the burst is used up.</summary>
    public double RetriesPerSecond { get; init; } = 10;

    public int Burst { get; init; } = 100;
}
