// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// What controllers count, under the names that dashboards for controller-runtime know. Every series is created with zero
/// when its controller is made, so that rates work from the first scrape.
/// </summary>
public sealed class KubeMetrics : IDisposable
{
    public const string MeterName = "KubeWgDiag.Kube";

    private static readonly string[] Results = ["success", "requeue_after", "error"];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _total;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _exceptions;
    private readonly Histogram<double> _seconds;
    private readonly UpDownCounter<long> _active;
    private readonly ConcurrentDictionary<string, Func<int>> _queues = new(StringComparer.Ordinal);

    public KubeMetrics()
    {
        _total = _meter.CreateCounter<long>("controller_runtime_reconcile_total", description: "Reconciliations by result.");
        _errors = _meter.CreateCounter<long>("controller_runtime_reconcile_errors_total", description: "Reconciliations that failed.");
        _exceptions = _meter.CreateCounter<long>("controller_runtime_reconcile_panics_total", description: "Reconciliations that ended with an exception.");
        _seconds = _meter.CreateHistogram<double>("controller_runtime_reconcile_time_seconds", "s", "Time of a reconciliation.");
        _active = _meter.CreateUpDownCounter<long>("controller_runtime_active_workers", description: "Reconciliations that run now.");
        _meter.CreateObservableGauge("workqueue_depth", ObserveDepth, description: "Keys that wait for work.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Creates a controller's series.</summary>
    internal void Register(string controller, Func<int> depth)
    {
        foreach (string result in Results) _total.Add(0, Controller(controller), Result(result));
        _errors.Add(0, Controller(controller));
        _exceptions.Add(0, Controller(controller));
        _active.Add(0, Controller(controller));
        _queues[controller] = depth;
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
        if (outcome is ReconcileOutcome.Failure or ReconcileOutcome.Exception) _errors.Add(1, Controller(controller));
        if (outcome == ReconcileOutcome.Exception) _exceptions.Add(1, Controller(controller));
    }

    private static KeyValuePair<string, object?> Controller(string name) => new("controller", name);

    private static KeyValuePair<string, object?> Result(string result) => new("result", result);

    private IEnumerable<Measurement<int>> ObserveDepth()
    {
        foreach ((string name, Func<int> depth) in _queues) yield return new Measurement<int>(depth(), new KeyValuePair<string, object?>("name", name));
    }
}

/// <summary>How a reconciliation is counted.</summary>
internal enum ReconcileOutcome
{
    Success,
    RequeueAfter,
    Failure,
    Exception,
}
