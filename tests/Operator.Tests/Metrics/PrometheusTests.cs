// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using System.Text;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Metrics;
using KubeWgDiag.Operator.Metrics.Prometheus;
using KubeWgDiag.Operator.Reporting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Metrics;

[Collection(MeterCollection.Name)]
public sealed class PrometheusTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter = new("KubeWgDiag.Tests." + Guid.NewGuid().ToString("N"));

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose()
    {
        _meter.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData("kubewgdiag.run.duration", "s", false, "kubewgdiag_run_duration_seconds")]
    [InlineData("already_seconds", "s", false, "already_seconds")]
    [InlineData("writes", "{write}", true, "writes_total")]
    [InlineData("writes_total", null, true, "writes_total")]
    [InlineData("io_total", "By", true, "io_bytes_total")]
    [InlineData("1st", null, false, "_1st")]
    [InlineData("a--b..c", null, false, "a_b_c")]
    [InlineData("größe", null, false, "gr_e")]
    [InlineData("", null, false, "_")]
    public void Family_Table(string name, string? unit, bool isCounter, string expected) => PrometheusNames.Family(name, unit, isCounter).ShouldBe(expected);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1.5, "1.5")]
    [InlineData(-3, "-3")]
    [InlineData(1e20, "1E+20")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Number_Table(double value, string expected) => PrometheusTextWriter.Number(value).ShouldBe(expected);

    [Fact]
    public async Task Scrape_EveryKind_IsTheGoldenText()
    {
        var text = await ScrapeAsync(() =>
        {
            _meter.CreateCounter<long>("requests", "{request}", "Help with \\ and\nline.").Add(3, Tag("path", "a\\b\"c\nd"), Tag("none", null));
            _meter.CreateUpDownCounter<double>("load").Add(-1.5);
            _meter.CreateObservableGauge("size", () => 7L, "By", "Bytes.");
            var histogram = _meter.CreateHistogram("wait", "s", "Waiting.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 10] });
            foreach (var value in (double[])[0.1, 0.5, 0.7, 3, 99])
                histogram.Record(value, Tag("b.c", "2"), Tag("b-c", "1"));
        });

        Golden.ShouldMatch(text, "metrics.txt");
    }

    [Fact]
    public async Task Scrape_Nothing_IsEmpty() => (await ScrapeAsync(() => { })).ShouldBeEmpty();

    [Fact]
    public async Task Scrape_TwoInstrumentsOneName_LeavesTheLaterOut()
    {
        var text = await ScrapeAsync(() =>
        {
            _meter.CreateObservableGauge("a.b", () => 1L);
            _meter.CreateObservableGauge("a_b", () => 2L);
        });

        text.ShouldBe("# TYPE a_b gauge\na_b 1\n");
    }

    [Fact]
    public async Task Scrape_DeletedDiagnosis_LosesItsSeries()
    {
        using var telemetry = new OperatorTelemetry();
        var metrics = new DiagnosisMetrics(Meters);
        var runs = new RunMetrics(Meters);
        runs.RunEnded(TimeSpan.FromSeconds(12), "AllNodesReported", 1);
        metrics.Observe(Mesh(status: new()
        {
            Tunnels = new() { Total = 3, Healthy = 2, Idle = 0, Degraded = 0, Broken = 1, Unknown = 0 },
            Nodes = new() { Desired = 3, Reported = 2, Progress = "2/3" },
            RootCauses = [RootCauseMapper.Map(Cause()), RootCauseMapper.Map(Cause())],
        }));

        var before = await TextAsync(telemetry.Scraper);
        metrics.Observe(Mesh(status: new() { Tunnels = new() { Total = 3, Healthy = 3, Idle = 0, Degraded = 0, Broken = 0, Unknown = 0 } }));
        var mended = await TextAsync(telemetry.Scraper);
        metrics.Forget("mesh");
        var after = await TextAsync(telemetry.Scraper);

        before.ShouldContain("kubewgdiag_tunnels{diagnosis=\"mesh\",state=\"broken\"} 1\n");
        before.ShouldContain("kubewgdiag_root_cause{code=\"WG-ALLOWEDIPS-OVERLAP\",diagnosis=\"mesh\",node=\"a\",severity=\"Critical\"} 1\n");
        before.ShouldContain("kubewgdiag_nodes_desired{diagnosis=\"mesh\"} 3\n");
        before.ShouldContain("kubewgdiag_nodes_reported{diagnosis=\"mesh\"} 2\n");
        mended.ShouldContain("state=\"broken\"} 0\n");
        mended.ShouldNotContain("kubewgdiag_root_cause{");
        after.ShouldNotContain("mesh");
        // Counters and histograms keep their sums over all of this.
        after.ShouldContain("kubewgdiag_run_duration_seconds_bucket{reason=\"AllNodesReported\",le=\"15\"} 1\n");
        after.ShouldContain("kubewgdiag_reports_refused_total 1\n");
        after.ShouldContain("kubewgdiag_status_writes_total{outcome=\"written\"} 0\n");
    }

    [Fact]
    public async Task Scrape_ManyAtOnce_AllGetTheWholeText()
    {
        using var telemetry = new OperatorTelemetry();
        var metrics = new DiagnosisMetrics(Meters);
        metrics.Observe(Mesh(status: new() { Nodes = new() { Desired = 3, Reported = 2, Progress = "2/3" } }));

        var texts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => TextAsync(telemetry.Scraper))));

        texts.Distinct().ShouldHaveSingleItem().ShouldContain("kubewgdiag_nodes_desired");
    }

    private async Task<string> ScrapeAsync(Action measure)
    {
        var exporter = new PrometheusExporter();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name).AddReader(new BaseExportingMetricReader(exporter)).Build();
        // Only what is measured while a provider listens is kept.
        measure();
        using var scraper = new PrometheusScraper([exporter]);
        return await TextAsync(scraper);
    }

    private static async Task<string> TextAsync(PrometheusScraper scraper) =>
        Encoding.UTF8.GetString((await scraper.ScrapeAsync(CancellationToken.None)).ShouldNotBeNull());

    private static KeyValuePair<string, object?> Tag(string key, object? value) => new(key, value);
}
