// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace KubeWgDiag.Operator.Metrics.Prometheus;

/// <summary>Writes the points of one OpenTelemetry metric as a Prometheus family.</summary>
internal static class PrometheusMetricWriter
{
    /// <summary>Writes the metric; nothing when it has no points, or when its name already has a block.</summary>
    public static void Write(Metric metric, PrometheusTextWriter writer)
    {
        // Exponential histograms have no form in text format 0.0.4.
        if (TypeOf(metric.MetricType) is not { } type)
            return;
        var name = PrometheusNames.Family(metric.Name, metric.Unit, type == "counter");
        var began = false;
        foreach (var point in metric.GetMetricPoints())
        {
            if (!began && !writer.TryBeginFamily(name, type, metric.Description))
                return;
            began = true;
            WritePoint(name, metric.MetricType, point, writer);
        }
    }

    private static string? TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.LongGauge or MetricType.DoubleGauge => "gauge",
        // A sum that may fall is a gauge in Prometheus' terms.
        MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => "gauge",
        MetricType.Histogram => "histogram",
        _ => null,
    };

    private static void WritePoint(string name, MetricType type, MetricPoint point, PrometheusTextWriter writer)
    {
        var labels = Labels(point.Tags);
        switch (type)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                writer.Sample(name, labels, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                writer.Sample(name, labels, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                writer.Sample(name, labels, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                writer.Sample(name, labels, point.GetGaugeLastValueDouble());
                break;
            default:
                WriteHistogram(name, labels, point, writer);
                break;
        }
    }

    private static void WriteHistogram(string name, List<KeyValuePair<string, string>> labels, MetricPoint point, PrometheusTextWriter writer)
    {
        long cumulative = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            // The SDK counts each bucket for itself; Prometheus wants "less or equal".
            cumulative += bucket.BucketCount;
            var bound = PrometheusTextWriter.Number(bucket.ExplicitBound);
            writer.Sample(name + "_bucket", [.. labels, new("le", bound)], cumulative);
        }

        writer.Sample(name + "_sum", labels, point.GetHistogramSum());
        writer.Sample(name + "_count", labels, point.GetHistogramCount());
    }

    /// <summary>Labels of a point. Keys that become equal are joined with <c>;</c> in the order of the original keys, as the specification says.</summary>
    private static List<KeyValuePair<string, string>> Labels(ReadOnlyTagCollection tags)
    {
        var pairs = new List<KeyValuePair<string, string>>(tags.Count);
        foreach (var (key, value) in tags)
            pairs.Add(new(key, Text(value)));
        return
        [
            .. pairs
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .GroupBy(pair => PrometheusNames.Label(pair.Key), pair => pair.Value)
                .Select(group => KeyValuePair.Create(group.Key, string.Join(';', group))),
        ];
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
