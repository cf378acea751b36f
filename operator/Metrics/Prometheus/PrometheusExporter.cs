// SPDX-License-Identifier: Apache-2.0

using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace KubeWgDiag.Operator.Metrics.Prometheus;

/// <summary>
/// Pull exporter of the OpenTelemetry SDK: a scrape makes the reader collect, and the reader hands its metrics to <see cref="Export"/>. Points are
/// valid only during that call, so they become text inside it.
/// </summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private PrometheusTextWriter? _target;

    /// <summary>Set by the reader that this exporter is given to.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Writes the current metrics. One call at a time (<see cref="PrometheusScraper"/> sees to it).</summary>
    /// <param name="target">Where to.</param>
    /// <param name="timeoutMilliseconds">How long callbacks of instruments may take.</param>
    public bool WriteTo(PrometheusTextWriter target, int timeoutMilliseconds)
    {
        _target = target;
        try
        {
            return Collect?.Invoke(timeoutMilliseconds) ?? false;
        }
        finally
        {
            _target = null;
        }
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        // Collected by somebody else, e.g. the flush at shutdown: nobody waits for text.
        if (_target is not { } target)
            return ExportResult.Success;
        foreach (var metric in batch)
            PrometheusMetricWriter.Write(metric, target);
        return ExportResult.Success;
    }
}
