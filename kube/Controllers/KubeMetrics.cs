// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeWgDiag.Kube.Queues;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// What the runtime counts, under the names that dashboards for controller-runtime know. Every counter and gauge is created with
/// zero when its controller is made, so that rates work from the first scrape.
/// </summary>
public sealed class KubeMetrics : IDisposable
{
    public const string MeterName = "KubeWgDiag.Kube";

    private static readonly string[] Results = ["success", "requeue_after", "error"];
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _total;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _terminal;
    private readonly Counter<long> _timeouts;
    private readonly Counter<long> _exceptions;
    private readonly Histogram<double> _seconds;
    private readonly UpDownCounter<long> _active;
    private readonly ConcurrentDictionary<string, int> _workers = new(StringComparer.Ordinal);

    /// <summary>Creates the instruments.</summary>
    public KubeMetrics()
    {
        _total = _meter.CreateCounter<long>("controller_runtime_reconcile_total", description: "Reconciliations by result.");
        _errors = _meter.CreateCounter<long>("controller_runtime_reconcile_errors_total", description: "Reconciliations that failed.");
        _terminal = _meter.CreateCounter<long>("controller_runtime_terminal_reconcile_errors_total", description: "Failures that are not tried again.");
        _timeouts = _meter.CreateCounter<long>("controller_runtime_reconcile_timeouts_total", description: "Reconciliations that were cut off at their time limit.");
        _exceptions = _meter.CreateCounter<long>("controller_runtime_reconcile_panics_total", description: "Reconciliations that ended with an exception.");
        _seconds = _meter.CreateHistogram(
            "controller_runtime_reconcile_time_seconds",
            "s",
            "Time of a reconciliation.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _active = _meter.CreateUpDownCounter<long>("controller_runtime_active_workers", description: "Reconciliations that run now.");
        _meter.CreateObservableGauge("controller_runtime_max_concurrent_reconciles", ObserveWorkers, description: "Reconciliations that may run at a time.");
        Queues = new QueueMetrics(_meter);
        Events = new Events.EventMetrics(_meter);
        Election = new LeaderElection.ElectionMetrics(_meter);
    }

    /// <summary>What work queues count.</summary>
    public QueueMetrics Queues { get; }

    /// <summary>What the event recorder counts.</summary>
    public Events.EventMetrics Events { get; }

    /// <summary>Whether this process leads.</summary>
    public LeaderElection.ElectionMetrics Election { get; }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Creates a controller's series.</summary>
    internal void Register(string controller, int workers)
    {
        foreach (string result in Results) _total.Add(0, Controller(controller), Result(result));
        foreach (Counter<long> counter in (Counter<long>[])[_errors, _terminal, _timeouts, _exceptions]) counter.Add(0, Controller(controller));
        _active.Add(0, Controller(controller));
        _workers[controller] = workers;
    }

    internal void Started(string controller) => _active.Add(1, Controller(controller));

    internal void Ended(string controller, ReconcileOutcome outcome, TimeSpan duration)
    {
        _active.Add(-1, Controller(controller));
        _seconds.Record(duration.TotalSeconds, Controller(controller));
        string result = outcome switch
        {
            ReconcileOutcome.Success => "success",
            ReconcileOutcome.RequeueAfter => "requeue_after",
            _ => "error",
        };
        _total.Add(1, Controller(controller), Result(result));
        if (result == "error") _errors.Add(1, Controller(controller));
        Counter<long>? special = outcome switch
        {
            ReconcileOutcome.Terminal => _terminal,
            ReconcileOutcome.Timeout => _timeouts,
            ReconcileOutcome.Exception => _exceptions,
            _ => null,
        };
        special?.Add(1, Controller(controller));
    }

    private static KeyValuePair<string, object?> Controller(string name) => new("controller", name);

    private static KeyValuePair<string, object?> Result(string result) => new("result", result);

    private IEnumerable<Measurement<int>> ObserveWorkers()
    {
        foreach ((string name, int workers) in _workers) yield return new Measurement<int>(workers, Controller(name));
    }
}
