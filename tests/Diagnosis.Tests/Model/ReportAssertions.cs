// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>What tests ask of a report.</summary>
internal static class ReportAssertions
{
    /// <summary>No finding of warning or worse.</summary>
    public static void ShouldBeQuiet(this DiagnosisReport report)
    {
        report.RootCauses.Where(cause => cause.Finding.Severity >= Severity.Warning || cause.Consequences.Any(finding => finding.Severity >= Severity.Warning))
            .Select(cause => $"{cause.Finding.Code}: {cause.Finding.Message}").ShouldBeEmpty();
        report.Tunnels.Where(tunnel => tunnel.State is not (TunnelState.Healthy or TunnelState.Idle or TunnelState.Unknown))
            .Select(tunnel => $"{tunnel.Tunnel} {tunnel.State}: {tunnel.Reason}").ShouldBeEmpty();
    }

    /// <summary>Exactly one cause of warning or worse, with this code and at this node.</summary>
    public static RootCause ShouldHaveOne(this DiagnosisReport report, string code, string node)
    {
        var causes = report.RootCauses.Where(cause => cause.Finding.Severity >= Severity.Warning).ToList();
        causes.Select(cause => $"{cause.Finding.Code} {cause.Finding.Subject.Node}").ShouldBe([$"{code} {node}"], report.Summary);
        return causes[0];
    }

    public static TunnelState State(this DiagnosisReport report, string from, string to) =>
        report.Tunnels.Single(tunnel => tunnel.Tunnel.FromNode == from && tunnel.Tunnel.ToNode == to).State;

    public static IReadOnlyList<string> Commands(this RootCause cause) => [.. cause.Finding.Remediation.Select(step => $"{step.Node}: {step.Command}")];
}
