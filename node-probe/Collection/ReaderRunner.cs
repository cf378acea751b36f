// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>
/// Runs readers one by one: gives each its own time limit, measures it, and makes a fact of whatever happens,
/// so that one failing reader never hides the others.
/// </summary>
internal sealed class ReaderRunner(TimeProvider time, TimeSpan limit, CancellationToken token)
{
    private readonly List<string> _cuts = [];

    /// <summary>What readers left out because of their limits.</summary>
    public IReadOnlyList<string> Cuts => _cuts;

    /// <summary>Runs a reader on the calling thread.</summary>
    /// <exception cref="OperationCanceledException">The caller does not want the facts any more.</exception>
    public Fact<T> Run<T>(string source, Func<Deadline, Reading<T>> read)
        where T : class
    {
        var start = time.GetTimestamp();
        try
        {
            return FactOf(source, start, read(new Deadline(time, limit, token)));
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
        };
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
