// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Runs;

/// <summary>
/// When the repeated runs of one diagnosis start: the times of its schedule or interval, moved by its share of <see cref="RunLimits.StartSpread"/>. The share
/// comes from the uid, so it is the same for every run and after every restart.
/// </summary>
internal sealed class StartTimes(TunnelDiagnosis diagnosis, RunLimits limits)
{
    /// <summary>Times that are counted after an absence; an operator that was away for a year has more important things to do.</summary>
    private const int MaxCounted = 1000;

    /// <summary>The first start of a schedule after this moment; null when none comes within nine years.</summary>
    public DateTimeOffset? Next(RunTiming.At cron, DateTimeOffset after) => cron.Clock.Next(after - Share(limits.StartSpread)) + Share(limits.StartSpread);

    /// <summary>
    /// The start after a run of an interval. It is counted from start to start; the share is added once, after the first run, because from then on the
    /// diagnosis is apart from those that were made in the same second.
    /// </summary>
    public DateTimeOffset Next(RunTiming.Every every, Run run)
    {
        var isFirst = run.Id == RunId.For(diagnosis, null);
        var bound = every.Interval / 10;
        return run.StartTime + every.Interval + (isFirst ? Share(bound < limits.StartSpread ? bound : limits.StartSpread) : TimeSpan.Zero);
    }

    /// <summary>Looks at a start that has come or passed: which of the times since then is to be carried out, and how many are not.</summary>
    public Overdue Look(RunTiming timing, DateTimeOffset due, DateTimeOffset now) => timing switch
    {
        RunTiming.Every every => new(due, (int)Math.Min(MaxCounted, Math.Floor((now - due) / every.Interval))),
        RunTiming.At cron => LastOf(cron, due, now),
        _ => new(due, 0),
    };

    private Overdue LastOf(RunTiming.At cron, DateTimeOffset due, DateTimeOffset now)
    {
        var tooLate = now - limits.LatestStart - TimeSpan.FromSeconds(1);
        var last = due;
        for (var passed = 0; ; passed++)
        {
            // Only what can still be started is of interest from here on.
            if (passed == MaxCounted && last < tooLate)
                last = tooLate;
            if (Next(cron, last) is not { } next || next > now)
                return new(last, Math.Min(passed, MaxCounted));
            last = next;
        }
    }

    private TimeSpan Share(TimeSpan bound)
    {
        var hash = BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(diagnosis.Metadata.Uid ?? "")));
        // Whole seconds, as the status stores times.
        return TimeSpan.FromSeconds(Math.Floor(hash / (double)(1L << 32) * bound.TotalSeconds));
    }
}

/// <summary>A start that has come or passed.</summary>
/// <param name="Due">When the newest of the passed starts was due.</param>
/// <param name="Missed">Starts before that one.</param>
internal sealed record Overdue(DateTimeOffset Due, int Missed);
