// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;

namespace KubeWgDiag.Operator.Metrics;

/// <summary>What the operator itself does. Without a label for the diagnosis, so that the number of series does not grow with them.</summary>
internal sealed class RunMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "KubeWgDiag.Operator";

    private readonly Histogram<double> _duration;
    private readonly Counter<long> _statusWrites;
    private readonly Counter<long> _refusedReports;

    public RunMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram(
            "kubewgdiag.run.duration",
            "s",
            "From the start of a run to its end, by what ended it.",
            tags: null,
            // A run takes at least its observation (2 s) and at most its deadline (3600 s).
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600] });
        _statusWrites = meter.CreateCounter<long>("kubewgdiag.status.writes", "{write}", "Statuses written to the API server, by outcome.");
        _refusedReports = meter.CreateCounter<long>("kubewgdiag.reports.refused", "{report}", "Reports of nodes that failed a check at the end of a run.");
        // From zero, so that rate() works from the first scrape on.
        _statusWrites.Add(0, Outcome("written"));
        _statusWrites.Add(0, Outcome("failed"));
        _refusedReports.Add(0);
    }

    /// <summary>A run is over.</summary>
    /// <param name="duration">How long it took.</param>
    /// <param name="reason">Reason of its Complete condition.</param>
    /// <param name="refusedReports">Reports that were refused in it.</param>
    public void RunEnded(TimeSpan duration, string reason, int refusedReports)
    {
        _duration.Record(Math.Max(0, duration.TotalSeconds), new KeyValuePair<string, object?>("reason", reason));
        _refusedReports.Add(refusedReports);
    }

    /// <summary>A status was written, or could not be.</summary>
    public void StatusWrite(bool succeeded) => _statusWrites.Add(1, Outcome(succeeded ? "written" : "failed"));

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);
}
