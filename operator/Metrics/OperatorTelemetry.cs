// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Operator.Metrics.Prometheus;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace KubeWgDiag.Operator.Metrics;

/// <summary>
/// The meter providers behind /metrics and, where that is asked for, OTLP. There are two, because the SDK keeps every point of a cumulative reader for ever, and a gauge of a deleted
/// diagnosis must not outlive it: with delta temporality the SDK hands out only what was observed in this very collection. Counters and
/// histograms must be cumulative for Prometheus, so they have a provider of their own.
/// </summary>
internal sealed class OperatorTelemetry : IDisposable
{
    /// <summary>The SDK's default for OTLP.</summary>
    private const int PushEveryMilliseconds = 60_000;

    private readonly MeterProvider _counters;
    private readonly MeterProvider _pictures;

    /// <summary>Begins to collect.</summary>
    /// <param name="otlp">Where metrics are sent too; null = nowhere. Headers, protocol and the like come from the standard OTEL_EXPORTER_OTLP_ variables.</param>
    public OperatorTelemetry(Uri? otlp = null)
    {
        var counters = new PrometheusExporter();
        var pictures = new PrometheusExporter();
        _counters = Provider(counters, otlp, MetricReaderTemporalityPreference.Cumulative, RunMetrics.MeterName, KubeMetrics.MeterName);
        _pictures = Provider(pictures, otlp, MetricReaderTemporalityPreference.Delta, DiagnosisMetrics.MeterName);
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

    private static MeterProvider Provider(PrometheusExporter exporter, Uri? otlp, MetricReaderTemporalityPreference temporality, params string[] meters)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("kubewgdiag-operator"))
            .AddMeter(meters)
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = temporality });
        if (otlp is not null)
            builder.AddReader(new PeriodicExportingMetricReader(new OtlpMetricExporter(To(otlp)), PushEveryMilliseconds) { TemporalityPreference = temporality });
        return builder.Build();
    }

    // An address that is set by code is taken as it stands; over HTTP metrics have a path of their own (OTLP specification).
    private static OtlpExporterOptions To(Uri address)
    {
        var options = new OtlpExporterOptions { Endpoint = address };
        if (options.Protocol == OtlpExportProtocol.HttpProtobuf && address.AbsolutePath == "/")
            options.Endpoint = new Uri(address, "v1/metrics");
        return options;
    }
}
