// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using System.Globalization;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// What a client counts, under client-go's names where it has one. The labels are verb, code and resource: a path or a name as a
/// label would make a series for every object of the cluster.
/// </summary>
public sealed class ClientMetrics : IDisposable
{
    /// <summary>The meter that all of this project's Kubernetes parts share.</summary>
    public const string MeterName = "KubeWgDiag.Kube";

    /// <summary>Code of a try that got no answer.</summary>
    private const string NoAnswer = "<error>";

    /// <summary>client-go's bounds; the SDK's own are for milliseconds.</summary>
    private static readonly double[] Seconds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _seconds;
    private readonly Counter<long> _skipped;

    public ClientMetrics()
    {
        _requests = _meter.CreateCounter<long>("rest_client_requests_total", description: "Requests to the API server by verb and code, every try counted.");
        _seconds = _meter.CreateHistogram(
            "rest_client_request_duration_seconds",
            "s",
            "Time from sending a request until the headers of its answer.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _skipped = _meter.CreateCounter<long>("kubewgdiag_client_unreadable_objects_total", description: "Objects of lists and watches that could not be read.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Whether an instrument is one of these, for whoever hears several programs' worth of meters.</summary>
    internal bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, _meter);

    /// <summary>Counts a try.</summary>
    /// <param name="method">HTTP verb.</param>
    /// <param name="code">HTTP status; null = there was no answer.</param>
    /// <param name="duration">Until the headers.</param>
    internal void Requested(HttpMethod method, int? code, TimeSpan duration)
    {
        var verb = new KeyValuePair<string, object?>("method", method.Method);
        _requests.Add(1, verb, new KeyValuePair<string, object?>("code", code?.ToString(CultureInfo.InvariantCulture) ?? NoAnswer));
        _seconds.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("verb", method.Method));
    }

    internal void Skipped(string resource, int count) => _skipped.Add(count, new KeyValuePair<string, object?>("resource", resource));
}
