// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Operator.Metrics.Prometheus;

/// <summary>
/// From OpenTelemetry names to Prometheus names (OpenTelemetry specification, compatibility/prometheus_and_openmetrics: characters, unit
/// suffix, <c>_total</c>).
/// </summary>
internal static class PrometheusNames
{
    /// <summary>Name of a metric family.</summary>
    /// <param name="name">Instrument name, e.g. <c>kubewgdiag.run.duration</c>.</param>
    /// <param name="unit">UCUM unit, e.g. <c>s</c>; annotations in braces are no unit.</param>
    /// <param name="isCounter">Monotonic sums end in <c>_total</c>.</param>
    public static string Family(string name, string? unit, bool isCounter)
    {
        var clean = Clean(name, ':');
        const string total = "_total";
        if (isCounter && clean.EndsWith(total, StringComparison.Ordinal))
            clean = clean[..^total.Length];
        if (UnitSuffix(unit) is { } suffix && !clean.EndsWith("_" + suffix, StringComparison.Ordinal))
            clean += "_" + suffix;
        return isCounter ? clean + total : clean;
    }

    /// <summary>Name of a label.</summary>
    public static string Label(string key) => Clean(key, '_');

    private static string Clean(string name, char alsoAllowed)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var allowed = char.IsAsciiLetterOrDigit(c) || c == alsoAllowed ? c : '_';
            // Several replaced characters in a row become one underscore.
            if (allowed != '_' || clean.Length == 0 || clean[^1] != '_')
                clean.Append(allowed);
        }

        if (clean.Length == 0 || char.IsAsciiDigit(clean[0]))
            clean.Insert(0, '_');
        return clean.ToString();
    }

    private static string? UnitSuffix(string? unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "%" => "percent",
        // "1", "{node}" and the like say what is counted, not in which unit.
        _ => null,
    };
}
