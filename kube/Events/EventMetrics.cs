// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;

namespace KubeWgDiag.Kube.Events;

/// <summary>What became of events; there is no name for this that others use.</summary>
public sealed class EventMetrics
{
    private readonly Counter<long> _events;

    /// <summary>Creates the instrument, every outcome with zero.</summary>
    public EventMetrics(Meter meter)
    {
        _events = meter.CreateCounter<long>("event_recorder_events_total", description: "Events by what became of them.");
        foreach (EventOutcome outcome in Enum.GetValues<EventOutcome>()) _events.Add(0, Outcome(outcome));
    }

    internal void Count(EventOutcome outcome) => _events.Add(1, Outcome(outcome));

    private static KeyValuePair<string, object?> Outcome(EventOutcome outcome) => new("outcome", outcome switch
    {
        EventOutcome.Created => "created",
        EventOutcome.Series => "series",
        EventOutcome.Counted => "counted",
        EventOutcome.Dropped => "dropped",
        EventOutcome.Invalid => "invalid",
        _ => "failed",
    });
}

/// <summary>What became of an event.</summary>
internal enum EventOutcome
{
    /// <summary>It stands in the server.</summary>
    Created,

    /// <summary>A series was written.</summary>
    Series,

    /// <summary>It is one more of a series and is written with it later.</summary>
    Counted,

    /// <summary>The queue was full, or the recorder has ended.</summary>
    Dropped,

    /// <summary>The server would not have taken it.</summary>
    Invalid,

    /// <summary>The server refused it or did not answer.</summary>
    Failed,
}
