// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace KubeWgDiag.Operator.Metrics.Prometheus;

/// <summary>
/// Writes the Prometheus text format, version 0.0.4: UTF-8, one block for each metric name, every line ends in LF. It keeps to the two rules
/// that a scrape is refused for: a name has one block, and within it one type.
/// </summary>
internal sealed class PrometheusTextWriter
{
    /// <summary>Media type of what this class writes.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _families = [];

    /// <summary>Begins the block of a name. False when the name already had one: the caller leaves the metric out.</summary>
    public bool TryBeginFamily(string name, string type, string? help)
    {
        if (!_families.Add(name))
            return false;
        if (!string.IsNullOrEmpty(help))
            _text.Append("# HELP ").Append(name).Append(' ').Append(EscapeHelp(help)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return true;
    }

    /// <summary>Writes one sample.</summary>
    /// <param name="name">Name of the sample: the family's, for histograms with a suffix.</param>
    /// <param name="labels">Labels, names already clean.</param>
    /// <param name="value">The value.</param>
    public void Sample(string name, IReadOnlyList<KeyValuePair<string, string>> labels, double value)
    {
        _text.Append(name);
        if (labels.Count > 0)
        {
            _text.Append('{');
            for (var i = 0; i < labels.Count; i++)
            {
                if (i > 0)
                    _text.Append(',');
                _text.Append(labels[i].Key).Append("=\"").Append(EscapeLabel(labels[i].Value)).Append('"');
            }

            _text.Append('}');
        }

        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>Number as Go's strconv reads it.</summary>
    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ when double.IsNaN(value) => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>All that was written. Lone surrogates come out as the replacement character.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    private static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string EscapeLabel(string text) =>
        EscapeHelp(text).Replace("\"", "\\\"", StringComparison.Ordinal);
}
