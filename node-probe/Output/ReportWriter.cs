// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>The whole answer for people: summary, devices, root causes, what could not be looked at. Stable order.</summary>
public sealed class ReportWriter
{
    private readonly Paper _paper;

    /// <summary>Writes to a terminal or to a stream that pretends to be one.</summary>
    public ReportWriter(Terminal terminal) => _paper = new Paper(terminal);

    /// <summary>Writes the report on these nodes.</summary>
    public void Write(IReadOnlyList<NodeFacts> nodes, DiagnosisReport report)
    {
        _paper.Words(0, report.Summary);
        var section = new DeviceSection(_paper, DeviceView.Index(report));
        foreach (var node in nodes)
        {
            var devices = DeviceView.Of(node);
            _paper.Blank();
            WriteNode(node, devices);
            foreach (var device in devices)
            {
                _paper.Blank();
                section.Write(device);
            }
        }

        WriteCauses(report.RootCauses);
        new PathSection(_paper).Write(report.Paths);
        WriteCouldNotCheck(report.CouldNotCheck);
    }

    private void WriteNode(NodeFacts node, IReadOnlyList<DeviceView> devices)
    {
        var name = "node " + PlainText.OneLine(node.Node);
        var seen = devices.Count == 0 ? "no WireGuard device found" : ShortForms.Count(devices.Count, "WireGuard device");
        var how = node.ObservedSeconds > 0 ? $"observed for {ShortForms.Seconds(node.ObservedSeconds)}" : "read once";
        _paper.Title($"{name}: {seen}, {how}");
        if (node.Truncated) _paper.Words(2, $"facts were cut to fit a size limit: {node.TruncatedWhat ?? "it is not said what"}", 2);
    }

    private void WriteCauses(IReadOnlyList<RootCause> causes)
    {
        var section = new RootCauseSection(_paper);
        for (var i = 0; i < causes.Count; i++)
        {
            _paper.Blank();
            section.Write(i + 1, causes[i]);
        }
    }

    private void WriteCouldNotCheck(IReadOnlyList<CouldNotCheck> items)
    {
        if (items.Count == 0) return;
        _paper.Blank();
        _paper.Title("Could not check");
        foreach (var item in items) _paper.Words(2, $"{PlainText.OneLine(item.Node)}: {item.What}: {item.Reason}", 2);
    }
}
