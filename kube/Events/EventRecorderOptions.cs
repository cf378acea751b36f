// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.Events;

/// <summary>Who reports events, and how patiently; the numbers are client-go's.</summary>
public sealed record EventRecorderOptions
{
    /// <summary>Qualified name such as <c>example.org/controller</c>.</summary>
    public required string ReportingController { get; init; }

    /// <summary>The process, e.g. its pod; cut to 128 characters.</summary>
    public required string ReportingInstance { get; init; }

    /// <summary>Under this name series are written; 1 to 128 characters.</summary>
    public required string FieldManager { get; init; }

    /// <summary>Events that wait at most; more are dropped and counted.</summary>
    public int QueueLength { get; init; } = 1000;

    /// <summary>Occurrences that are remembered at most; what does not fit is sent without being joined to a series.</summary>
    public int RememberedEvents { get; init; } = 4096;

    /// <summary>A series that was silent for so long is over.</summary>
    public TimeSpan SeriesSilence { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>A series that goes on is written so often.</summary>
    public TimeSpan SeriesRefresh { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Tries at most when the server does not answer.</summary>
    public int Tries { get; init; } = 12;

    /// <summary>Wait between tries, stretched by up to a quarter.</summary>
    public TimeSpan RetryWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long what waits may take to be sent when the program stops.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Numbers in [0, 1).</summary>
    public Func<double> Jitter { get; init; } = SystemJitter.Next;

    public KubeLog? Log { get; init; }
}
