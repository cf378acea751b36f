// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;

namespace KubeWgDiag.Scale.Output;

/// <summary>The figures of a run, and how they grow to a second one with twice the nodes.</summary>
internal sealed class FigureTable
{
    /// <summary>The greatest factor for twice the nodes that counts as linear: measurements on a busy machine differ by a tenth and more.</summary>
    private const double Linear = 2.3;

    private const double Mebibyte = 1 << 20;
    private readonly IReadOnlyList<Figure> _rows;

    private FigureTable(IReadOnlyList<Figure> rows) => _rows = rows;

    /// <summary>Whether the verdicts name exactly what was broken. A missed figure is printed and written; only a wrong verdict is a failure.</summary>
    public bool IsRight => _rows.All(row => row.Met != false || !row.Name.EndsWith("verdict", StringComparison.Ordinal));

    public static FigureTable Of(ScaleFigures first, ScaleFigures? second)
    {
        List<Figure> rows = [.. Rows(first)];
        if (second is not null)
        {
            rows.AddRange(Rows(second).Select(row => row.Name.EndsWith("verdict", StringComparison.Ordinal) ? row : row with { Aim = null, Met = null }));
            rows.AddRange(Growth(first, second));
        }

        return new FigureTable(rows);
    }

    public void Print(TextWriter writer)
    {
        foreach (var row in _rows)
        {
            var aim = row.Aim is { } most ? string.Create(CultureInfo.InvariantCulture, $"  aim {most:0.##}: {(row.Met == true ? "met" : "MISSED")}") : "";
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Name,-58} {row.Value,12:0.##} {row.Unit}{aim}"));
        }
    }

    public Task WriteAsync(string file, CancellationToken ct) =>
        File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(new FigureFile(_rows), FigureJson.Default.FigureFile), ct);

    private static IEnumerable<Figure> Rows(ScaleFigures run) =>
    [
        Figure.AtMost($"{run.Nodes} nodes: apply to Complete", run.CompleteSeconds, "s", 60),
        new($"{run.Nodes} nodes: operator processor time", run.OperatorCpuSeconds, "s"),
        Figure.AtMost($"{run.Nodes} nodes: operator peak resident (VmHWM)", run.OperatorPeakResident / Mebibyte, "MiB", 256),
        new($"{run.Nodes} nodes: operator peak anonymous (RssAnon)", run.OperatorPeakAnonymous / Mebibyte, "MiB"),
        Figure.AtMost($"{run.Nodes} nodes: writes per node by the operator", run.Operator.Writes, "", 3),
        Figure.AtMost($"{run.Nodes} nodes: writes per node by the probe", Math.Max(run.Probes.Writes, run.SimulatedWrites), "", 3),
        new($"{run.Nodes} nodes: requests per node by the operator", run.Operator.Requests, ""),
        new($"{run.Nodes} nodes: requests per node by the probe", run.Probes.Requests, ""),
        new($"{run.Nodes} nodes: KiB per node to the operator", run.Operator.BytesReceived / 1024, "KiB"),
        new($"{run.Nodes} nodes: KiB per node from the operator", run.Operator.BytesSent / 1024, "KiB"),
        new($"{run.Nodes} nodes: KiB per node to the probe", run.Probes.BytesReceived / 1024, "KiB"),
        new($"{run.Nodes} nodes: KiB per node from the probe", run.Probes.BytesSent / 1024, "KiB"),
        Figure.AtMost($"{run.Nodes} nodes: largest object", run.LargestObject / 1024.0, "KiB", 256),
        new($"{run.Nodes} nodes: requests refused", run.Refused, ""),
        new($"{run.Nodes} nodes: server processor time", run.ServerCpuSeconds, "s"),
        Figure.AtMost($"{run.Nodes} nodes: faults in the verdict", run.VerdictFault is null ? 0 : 1, "", 0),
    ];

    private static IEnumerable<Figure> Growth(ScaleFigures first, ScaleFigures second) =>
    [
        Figure.AtMost("growth for twice the nodes: time", second.CompleteSeconds / first.CompleteSeconds, "x", Linear),
        Figure.AtMost("growth for twice the nodes: operator processor time", second.OperatorCpuSeconds / first.OperatorCpuSeconds, "x", Linear),
        Figure.AtMost("growth for twice the nodes: bytes to the operator", 2 * second.Operator.BytesReceived / first.Operator.BytesReceived, "x", Linear),
        Figure.AtMost("growth for twice the nodes: requests of the operator", 2 * second.Operator.Requests / first.Operator.Requests, "x", Linear),
        Figure.AtMost("growth for twice the nodes: operator peak resident", (double)second.OperatorPeakResident / first.OperatorPeakResident, "x", Linear),
    ];
}
