// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.Events;

/// <summary>Remembers what happened lately, so that a repetition becomes a series. Used by one caller at a time.</summary>
internal sealed class EventBook(EventRecorderOptions options, TimeProvider time)
{
    private readonly Dictionary<EventKey, EventSeriesState> _states = [];

    /// <summary>Takes an occurrence; gives what has to be sent now, or null when it is only one more of a series.</summary>
    public EventSeriesState? Enter(Event @event)
    {
        EventKey key = EventKey.Of(@event);
        long now = time.GetTimestamp();
        if (_states.TryGetValue(key, out EventSeriesState? known))
        {
            known.Again(@event.EventTime!.Value, now);
            // The second one makes the series known; the others are counted until it is time for a refresh.
            return known.Count == 2 ? known : null;
        }

        var state = new EventSeriesState(@event, now);
        if (_states.Count < options.RememberedEvents) _states[key] = state;
        return state;
    }

    /// <summary>Lets go of an event that the server does not have.</summary>
    public void Forget(EventSeriesState state) => _states.Remove(EventKey.Of(state.First));

    /// <summary>Series whose count has to be written: those that go on from time to time, those that are over for the last time.</summary>
    public IReadOnlyList<EventSeriesState> Due(bool everything = false)
    {
        long now = time.GetTimestamp();
        var due = new List<EventSeriesState>();
        foreach ((EventKey key, EventSeriesState state) in _states)
        {
            bool isOver = everything || IsSilent(state, now);
            bool isUnwritten = state.Count > state.WrittenCount;
            if (isUnwritten && (isOver || time.GetElapsedTime(state.WrittenAt, now) >= options.SeriesRefresh)) due.Add(state);
            if (isOver) _states.Remove(key);
        }

        return due;
    }

    private bool IsSilent(EventSeriesState state, long now) => time.GetElapsedTime(state.SeenAt, now) >= options.SeriesSilence;
}
