// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KubeWgDiag.Kube.Queues;

/// <summary>
/// What work queues count, under client-go's names. Counters and gauges are there with zero as soon as a queue is made; the two
/// histograms come with the first key, for OpenTelemetry knows no empty one.
/// </summary>
public sealed class QueueMetrics
{
    /// <summary>Ten times the last one each, from 10 ns up, as client-go has them.</summary>
    private static readonly double[] Seconds = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];

    private readonly ConcurrentDictionary<string, Queue> _queues = new(StringComparer.Ordinal);
    private readonly Counter<long> _adds;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _waits;
    private readonly Histogram<double> _works;

    /// <summary>Creates the instruments.</summary>
    public QueueMetrics(Meter meter)
    {
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds };
        _adds = meter.CreateCounter<long>("workqueue_adds_total", description: "Keys that were added.");
        _retries = meter.CreateCounter<long>("workqueue_retries_total", description: "Keys that were added again after a failure.");
        _waits = meter.CreateHistogram("workqueue_queue_duration_seconds", "s", "Time from the add of a key to its work.", tags: null, buckets);
        _works = meter.CreateHistogram("workqueue_work_duration_seconds", "s", "Time of the work on a key.", tags: null, buckets);
        meter.CreateObservableGauge("workqueue_depth", () => Each(static queue => (long)queue.Depth()), description: "Keys that wait for work.");
        meter.CreateObservableGauge(
            "workqueue_unfinished_work_seconds",
            () => Each(static queue => queue.Unfinished().Sum.TotalSeconds),
            "s",
            "How long the work that runs now has taken, all together.");
        meter.CreateObservableGauge(
            "workqueue_longest_running_processor_seconds",
            () => Each(static queue => queue.Unfinished().Longest.TotalSeconds),
            "s",
            "How long the longest work that runs now has taken.");
    }

    /// <summary>Creates a queue's series.</summary>
    internal void Register(string name, Func<int> depth, Func<(TimeSpan Sum, TimeSpan Longest)> unfinished)
    {
        _queues[name] = new Queue(depth, unfinished);
        _adds.Add(0, Name(name), Controller(name));
        _retries.Add(0, Name(name), Controller(name));
    }

    internal void Added(string name) => _adds.Add(1, Name(name), Controller(name));

    internal void Retried(string name) => _retries.Add(1, Name(name), Controller(name));

    internal void Waited(string name, TimeSpan time) => _waits.Record(time.TotalSeconds, Name(name), Controller(name));

    internal void Worked(string name, TimeSpan time) => _works.Record(time.TotalSeconds, Name(name), Controller(name));

    private static KeyValuePair<string, object?> Name(string name) => new("name", name);

    // controller-runtime gives both labels, and its dashboards use either.
    private static KeyValuePair<string, object?> Controller(string name) => new("controller", name);

    private IEnumerable<Measurement<T>> Each<T>(Func<Queue, T> value)
        where T : struct
    {
        foreach ((string name, Queue queue) in _queues) yield return new Measurement<T>(value(queue), Name(name), Controller(name));
    }

    private sealed record Queue(Func<int> Depth, Func<(TimeSpan Sum, TimeSpan Longest)> Unfinished);
}
