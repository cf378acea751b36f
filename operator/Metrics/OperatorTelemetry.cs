// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Operator.Metrics.Prometheus;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace KubeWgDiag.Operator.Metrics;

/// <summary>
/// The meter providers behind /metrics. There are two, because the SDK keeps every point of a cumulative reader for ever, and a gauge of a deleted
/// diagnosis must not outlive it: with delta temporality the SDK hands out only what was observed in this very collection. Counters and
/// histograms must be cumulative for Prometheus, so they have a provider of their own.
/// </summary>
internal sealed class OperatorTelemetry : IDisposable
{
    private static readonly double[] ReconcileSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly MeterProvider _counters;
    private readonly MeterProvider _pictures;

    public OperatorTelemetry()
    {
        var counters = new PrometheusExporter();
        var pictures = new PrometheusExporter();
        _counters = Provider(counters, MetricReaderTemporalityPreference.Cumulative, RunMetrics.MeterName, KubeMetrics.MeterName);
        _pictures = Provider(pictures, MetricReaderTemporalityPreference.Delta, DiagnosisMetrics.MeterName);
        Scraper = new PrometheusScraper([counters, pictures]);
    }

    /// <summary>Answers scrapes.</summary>
    public PrometheusScraper Scraper { get; }

    public void Dispose()
    {
        Scraper.Dispose();
        _counters.Dispose();
        _pictures.Dispose();
    }

    private static MeterProvider Provider(PrometheusExporter exporter, MetricReaderTemporalityPreference temporality, params string[] meters) =>
        Sdk.CreateMeterProviderBuilder()
            .AddMeter(meters)
            // The SDK's default bounds are for milliseconds.
            .AddView("controller_runtime_reconcile_time_seconds", new ExplicitBucketHistogramConfiguration { Boundaries = ReconcileSeconds })
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = temporality })
            .Build();
}
