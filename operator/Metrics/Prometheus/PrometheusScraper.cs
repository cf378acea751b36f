// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Metrics.Prometheus;

/// <summary>Makes the answer to a scrape from one or more exporters. Scrapes that come together wait for each other.</summary>
internal sealed class PrometheusScraper(IReadOnlyList<PrometheusExporter> exporters) : IDisposable
{
    private const int CollectTimeoutMilliseconds = 5_000;

    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>The text; null when an exporter could not collect, so that half an answer is never taken for a whole one.</summary>
    public async Task<byte[]?> ScrapeAsync(CancellationToken ct)
    {
        await _oneAtATime.WaitAsync(ct);
        try
        {
            var writer = new PrometheusTextWriter();
            foreach (var exporter in exporters)
            {
                if (!exporter.WriteTo(writer, CollectTimeoutMilliseconds))
                    return null;
            }

            return writer.ToUtf8();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();
}
