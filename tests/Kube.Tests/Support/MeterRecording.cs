// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeWgDiag.Kube.Controllers;

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>
/// What the runtime's meter said, by instrument and labels (<c>name{result=error}</c>): sums of counters, counts of histograms, last
/// values of gauges.
/// </summary>
internal sealed class MeterRecording : IDisposable
{
    private readonly ConcurrentDictionary<string, double> _values = new();
    private readonly MeterListener _listener = new();

    public MeterRecording()
    {
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == KubeMetrics.MeterName) self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Null when it was never measured.</summary>
    public double? this[string series] => _values.TryGetValue(series, out double value) ? value : null;

    public IReadOnlyDictionary<string, double> All => _values;

    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>();
        foreach (KeyValuePair<string, object?> tag in tags) labels.Add($"{tag.Key}={tag.Value}");
        string series = $"{instrument.Name}{{{string.Join(',', labels)}}}";
        bool isGauge = instrument.IsObservable;
        double measured = instrument is Histogram<double> ? 1 : value;
        _values.AddOrUpdate(series, measured, (_, sum) => isGauge ? measured : sum + measured);
    }
}
