// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Text;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Makes a NodeProbe's status within the bounds of its schema. Pure.</summary>
public static class StatusBuilder
{
    public const int MaxVersion = 64;
    public const int MaxMessage = 1024;
    public const int MaxItems = 50;

    private const int MaxCode = 64;
    private const int MaxNode = 253;
    private const int MaxWhat = 256;
    private const int MaxReason = 512;

    private static readonly FactsJsonContext StatusFacts =
        new(new JsonSerializerOptions(FactsJsonContext.Default.Options) { Converters = { new PlainStringConverter() } });

    /// <summary>Facts and local findings, cut to the size limit.</summary>
    public static RunResult Complete(NodeProbeStatus started, DateTimeOffset end, NodeFacts facts, DiagnosisReport report, Thresholds? thresholds = null)
    {
        var findings = Findings(report);
        var status = started with
        {
            Phase = NodeProbePhase.Complete,
            CompletionTime = end,
            Findings = findings,
            CouldNotCheck = [.. report.CouldNotCheck.Take(MaxItems).Select(Bounded)],
        };
        var fitted = StatusSize.Fit(status, facts, report, thresholds);
        var devices = facts.Namespaces.SelectMany(DeviceView.Devices).ToList();
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"complete: {ShortForms.Count(devices.Count, "device")}, {ShortForms.Count(devices.Sum(d => d.Peers.Count), "peer")}, {ShortForms.Count(findings.Count, "finding")}, {fitted.Bytes / 1024.0:0.#} KiB{(fitted.Cut ? " (facts cut)" : "")}, {(end - started.StartTime)?.TotalSeconds:0} s");
        return new RunResult(fitted.Status, line);
    }

    /// <summary>A run without facts.</summary>
    public static NodeProbeStatus Failed(NodeProbeStatus started, DateTimeOffset end, string message) => new()
    {
        Run = started.Run,
        Phase = NodeProbePhase.Failed,
        StartTime = started.StartTime,
        CompletionTime = end,
        ProbeVersion = started.ProbeVersion,
        Message = PlainText.OneLine(message, MaxMessage),
    };

    /// <summary>The facts as they stand in the status.</summary>
    public static JsonElement ToJson(NodeFacts facts) => JsonSerializer.SerializeToElement(facts, StatusFacts.NodeFacts);

    private static List<LocalFinding> Findings(DiagnosisReport report) =>
    [
        .. report.RootCauses.Select(c => c.Finding).Concat(report.RootCauses.SelectMany(c => c.Consequences)).Take(MaxItems).Select(f => new LocalFinding
        {
            Code = PlainText.OneLine(f.Code, MaxCode),
            Severity = (SeverityStatus)f.Severity,
            ConfidencePercent = (int)Math.Round(Math.Clamp(f.Confidence, 0, 1) * 100),
            Message = PlainText.OneLine(f.Message, MaxMessage),
        }),
    ];

    private static CouldNotCheckStatus Bounded(CouldNotCheck item) => new()
    {
        Node = PlainText.OneLine(item.Node, MaxNode),
        What = PlainText.OneLine(item.What, MaxWhat),
        Reason = PlainText.OneLine(item.Reason, MaxReason),
    };
}
