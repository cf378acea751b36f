// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>Carries a root cause of the engine into the status, within the CRD's bounds and as plain text.</summary>
internal static class RootCauseMapper
{
    /// <summary>The status' form of a cause.</summary>
    public static RootCauseStatus Map(RootCause cause)
    {
        var finding = cause.Finding;
        return new RootCauseStatus
        {
            Code = Text(finding.Code, StatusLimits.Word),
            Layer = finding.Layer.ToString(),
            Severity = Map(finding.Severity),
            ConfidencePercent = Percent(finding.Confidence),
            Node = Text(finding.Subject.Node, StatusLimits.Name),
            Nodes = cause.Nodes.Count > 1 ? Bounded(cause.Nodes.Select(node => Text(node, StatusLimits.Name)), StatusLimits.AffectedNodes) : null,
            NodeCount = cause.Nodes.Count,
            Device = PlainText.Clean(finding.Subject.Device, StatusLimits.Word),
            // Half a key names nobody.
            PeerKey = finding.Subject.PeerKey is { Length: <= 44 } key ? PlainText.Clean(key, 44) : null,
            PeerNode = PlainText.Clean(finding.Subject.PeerNode, StatusLimits.Name),
            Message = Text(finding.Message, StatusLimits.Text),
            Explanation = PlainText.Clean(finding.Explanation, StatusLimits.Text),
            FalsifiedBy = PlainText.Clean(finding.FalsifiedBy, StatusLimits.Text),
            Evidence = Bounded(finding.Evidence.Select(Map), StatusLimits.Evidence),
            Remediation = Bounded(finding.Remediation.Where(IsWholeLine).Select(Map), StatusLimits.Remediation),
            Consequences = Bounded(cause.Consequences.Select(MapConsequence), StatusLimits.Consequences),
            AlsoExplains = Bounded(cause.AlsoExplains.Select(shared => Text($"{shared.Code} on {shared.Node}", 330)), StatusLimits.AlsoExplains),
            AffectedTunnels = cause.AffectedTunnels.Count + cause.UnlistedTunnels,
            AffectedTunnelSample = Bounded(
                cause.AffectedTunnels.Select(tunnel => Text($"{tunnel.FromNode}->{tunnel.ToNode ?? tunnel.PeerKey}", 520)),
                StatusLimits.TunnelSample),
            AffectedNodes = Bounded(cause.AffectedNodes.Select(node => Text(node, StatusLimits.Name)), StatusLimits.AffectedNodes),
        };
    }

    /// <summary>The status' form of something that could not be looked at.</summary>
    public static CouldNotCheckStatus Map(CouldNotCheck gap) => new()
    {
        Node = Text(gap.Node, StatusLimits.Name),
        What = Text(gap.What, 256),
        Reason = Text(gap.Reason, StatusLimits.ShortText),
        Nodes = gap.Nodes > 1 ? gap.Nodes : null,
    };

    /// <summary>The first items; null instead of an empty list, so that the status stays small.</summary>
    public static IReadOnlyList<T>? Bounded<T>(IEnumerable<T> items, int max) =>
        items.Take(max).ToList() is { Count: > 0 } list ? list : null;

    private static SeverityStatus Map(Severity severity) => severity switch
    {
        Severity.Info => SeverityStatus.Info,
        Severity.Warning => SeverityStatus.Warning,
        Severity.Error => SeverityStatus.Error,
        _ => SeverityStatus.Critical,
    };

    private static EvidenceStatus Map(Evidence evidence) => new()
    {
        Node = Text(evidence.Node, StatusLimits.Name),
        What = Text(evidence.What, StatusLimits.ShortText),
        Observed = Text(evidence.Observed, StatusLimits.Text),
        Expected = PlainText.Clean(evidence.Expected, StatusLimits.Text),
        Source = PlainText.Clean(evidence.Source, 128),
    };

    private static RemediationStatus Map(Remediation remediation) => new()
    {
        Node = Text(remediation.Node, StatusLimits.Name),
        Command = remediation.Command,
        Scope = PlainText.Clean(remediation.Scope, StatusLimits.ShortText),
        Undo = remediation.Undo,
    };

    private static ConsequenceStatus MapConsequence(Finding finding) => new()
    {
        Code = Text(finding.Code, StatusLimits.Word),
        Node = Text(finding.Subject.Node, StatusLimits.Name),
        Message = Text(finding.Message, StatusLimits.Text),
    };

    // Somebody will paste the command into a root shell: it is shown whole and as it is, or not at all.
    private static bool IsWholeLine(Remediation remediation) =>
        IsWholeLine(remediation.Command) && (remediation.Undo is null || IsWholeLine(remediation.Undo));

    private static bool IsWholeLine(string command) => command.Length is > 0 and <= StatusLimits.Command && PlainText.IsPlain(command);

    private static string Text(string? text, int max) => PlainText.CleanOr(text, max, "-");

    private static int Percent(double confidence) => double.IsNaN(confidence) ? 0 : (int)Math.Round(Math.Clamp(confidence, 0, 1) * 100);
}
