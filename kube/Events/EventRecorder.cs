// SPDX-License-Identifier: Apache-2.0

using System.Threading.Channels;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.Events;

/// <summary>
/// Sends events one after the other from a bounded queue, with client-go's series: the first occurrence is created, the second
/// makes it a series, further ones are counted and written when the series is over or has gone on for long. One sender is enough: the
/// only thing it ever waits for is a server that does not answer, and that one answers nobody else either.
/// </summary>
public sealed class EventRecorder : IEventRecorder, IRunnable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly EventRecorderOptions _options;
    private readonly EventMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly EventSender _sender;
    private readonly EventBook _book;
    private readonly Channel<Event> _queue;
    private long _lastNanosecond;

    /// <summary>Prepares; events wait in the queue until <see cref="RunAsync"/>.</summary>
    public EventRecorder(IKubernetesClient client, EventRecorderOptions options, EventMetrics metrics, TimeProvider time)
    {
        (_options, _metrics, _time) = (options, metrics, time);
        _sender = new EventSender(client, options, time);
        _book = new EventBook(options, time);
        // Full mode Wait makes TryWrite say no.
        _queue = Channel.CreateBounded<Event>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    /// <inheritdoc/>
    public string Name => "events";

    /// <inheritdoc/>
    public void Record(Event template)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (EventBuilder.Build(template, _options, now, NextNanosecond(now)) is not { } @event)
        {
            _metrics.Count(EventOutcome.Invalid);
            _options.Log?.Invoke(KubeLogLevel.Warning, $"an event lacks its object, reason, action or type: {template.Reason}");
            return;
        }

        if (!_queue.Writer.TryWrite(@event)) _metrics.Count(EventOutcome.Dropped);
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        try
        {
            long sweptAt = _time.GetTimestamp();
            while (!stop.IsCancellationRequested)
            {
                if (_queue.Reader.TryRead(out Event? @event)) await EnterAsync(@event, stop, abort);
                else await WaitForWorkAsync(SweepEvery - _time.GetElapsedTime(sweptAt), stop, abort);
                if (_time.GetElapsedTime(sweptAt) < SweepEvery) continue;
                await WriteDueAsync(everything: false, stop, abort);
                sweptAt = _time.GetTimestamp();
            }

            await DrainAsync(abort);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            // What was not told is lost.
        }
    }

    /// <summary>A nanosecond of its own for each event: two events about one object in one tick of the clock must not share a name.</summary>
    private long NextNanosecond(DateTimeOffset now)
    {
        long own = (now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        while (true)
        {
            long last = Volatile.Read(ref _lastNanosecond);
            long next = Math.Max(own, last + 1);
            if (Interlocked.CompareExchange(ref _lastNanosecond, next, last) == last) return next;
        }
    }

    private async Task DrainAsync(CancellationToken abort)
    {
        _queue.Writer.TryComplete();
        using var limit = new CancellationTokenSource(_options.DrainLimit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(abort, limit.Token);
        var noPatience = new CancellationToken(canceled: true);
        try
        {
            while (_queue.Reader.TryRead(out Event? @event)) await EnterAsync(@event, noPatience, both.Token);
            await WriteDueAsync(everything: true, noPatience, both.Token);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            while (_queue.Reader.TryRead(out _)) _metrics.Count(EventOutcome.Dropped);
        }
    }

    private async Task EnterAsync(Event @event, CancellationToken patience, CancellationToken ct)
    {
        if (_book.Enter(@event) is { } state) await SendAsync(state, patience, ct);
        else _metrics.Count(EventOutcome.Counted);
    }

    private async Task WriteDueAsync(bool everything, CancellationToken patience, CancellationToken ct)
    {
        foreach (EventSeriesState state in _book.Due(everything)) await SendAsync(state, patience, ct);
    }

    private async Task SendAsync(EventSeriesState state, CancellationToken patience, CancellationToken ct)
    {
        EventOutcome outcome = await _sender.SendAsync(state, patience, ct);
        _metrics.Count(outcome);
        (state.WrittenCount, state.WrittenAt) = (state.Count, _time.GetTimestamp());
        // The next occurrence is a first one again.
        if (outcome == EventOutcome.Failed && state.Count == 1) _book.Forget(state);
    }

    /// <summary>Sleeps until there is an event or series have to be looked at.</summary>
    private async Task WaitForWorkAsync(TimeSpan untilSweep, CancellationToken stop, CancellationToken abort)
    {
        if (untilSweep <= TimeSpan.Zero) return;
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        Task<bool> arrival = _queue.Reader.WaitToReadAsync(wake.Token).AsTask();
        Task sweep = Task.Delay(untilSweep, _time, wake.Token);
        await Task.WhenAny(arrival, sweep);
        await wake.CancelAsync();
        await Task.WhenAll(arrival, sweep).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        abort.ThrowIfCancellationRequested();
    }
}
