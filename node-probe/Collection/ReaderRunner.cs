// SPDX-License-Identifier: Apache-2.0

using System.Runtime.ExceptionServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>
/// Runs readers one by one: gives each its own time limit, measures it, and makes a fact of whatever happens,
/// so that one failing reader never hides the others.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="limit">Time for each reader.</param>
/// <param name="token">The caller's wish to end.</param>
/// <param name="thread">Where readers run that may hang in the kernel; null = on the calling thread.</param>
internal sealed class ReaderRunner(TimeProvider time, TimeSpan limit, CancellationToken token, ReaderThread? thread = null)
{
    private readonly List<string> _cuts = [];

    /// <summary>What readers left out because of their limits.</summary>
    public IReadOnlyList<string> Cuts => _cuts;

    /// <summary>What a reader may take: its own limit, which it watches, and some more before it counts as hung.</summary>
    public static TimeSpan HangLimit(TimeSpan limit) => limit + (limit / 4) + TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a reader and waits for it.</summary>
    /// <exception cref="OperationCanceledException">The caller does not want the facts any more.</exception>
    public Fact<T> Run<T>(string source, Func<Deadline, Reading<T>> read)
        where T : class
    {
        var start = time.GetTimestamp();
        try
        {
            var deadline = new Deadline(time, limit, token);
            return FactOf(source, start, thread is null ? read(deadline) : RunBeside(thread, () => read(deadline)));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return FactOf(source, start, ReadingOf<T>(failure));
        }
    }

    /// <summary>Runs a reader that waits.</summary>
    /// <exception cref="OperationCanceledException">The caller does not want the facts any more.</exception>
    public async Task<Fact<T>> RunAsync<T>(string source, Func<Deadline, Task<Reading<T>>> read)
        where T : class
    {
        var start = time.GetTimestamp();
        try
        {
            return FactOf(source, start, await read(new Deadline(time, limit, token)));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return FactOf(source, start, ReadingOf<T>(failure));
        }
    }

    private Fact<T> FactOf<T>(string source, long start, Reading<T> reading)
        where T : class
    {
        token.ThrowIfCancellationRequested();
        if (reading.Cut is { } cut) _cuts.Add(cut);
        return new Fact<T>
        {
            Source = source,
            At = time.GetUtcNow(),
            DurationMs = Math.Round(time.GetElapsedTime(start).TotalMilliseconds, 3),
            Value = reading.Value,
            NotAvailable = reading.NotAvailable,
            Interrupted = reading.Interrupted,
            Unknown = reading.Unknown,
            Seen = reading.Seen,
        };
    }

    private Reading<T> RunBeside<T>(ReaderThread beside, Func<Reading<T>> read)
        where T : class
    {
        Reading<T> reading = default;
        ExceptionDispatchInfo? failure = null;
        var ended = beside.TryRun(
            () =>
            {
                try
                {
                    reading = read();
                }
                catch (Exception e)
                {
                    // Nothing may leave a thread's start, it would end the process: it is thrown again on the caller's thread.
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            HangLimit(limit));
        if (!ended) return Reading<T>.None(NotAvailableReason.TimedOut, "the reader hung in the kernel and was left behind");
        failure?.Throw();
        return reading;
    }

    private static Reading<T> ReadingOf<T>(Exception failure)
        where T : class => failure switch
        {
            UnauthorizedAccessException => Reading<T>.None(NotAvailableReason.NotPermitted, failure.Message),
            FileNotFoundException or DirectoryNotFoundException => Reading<T>.None(NotAvailableReason.NotPresent, failure.Message),
            IOException => Reading<T>.None(NotAvailableReason.Failed, failure.Message),
            // Only the type: the message of an unforeseen failure may hold what was being read.
            _ => Reading<T>.None(NotAvailableReason.Failed, $"the reader failed: {failure.GetType().Name}"),
        };
}
