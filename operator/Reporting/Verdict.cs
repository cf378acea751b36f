// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>
/// The TunnelsHealthy condition of a run that is over. False needs one fault that was seen; True needs that everything was looked at and
/// nothing was found; everything between is Unknown, because what could not be checked is not healthy.
/// </summary>
internal static class Verdict
{
    /// <summary>The judgement.</summary>
    public static Judgement Of(RunProgress progress, DiagnosisReport report, TunnelCounts tunnels)
    {
        if (progress.Nodes.Count == 0)
            return Judgement.Unknown(Reasons.NoNodesSelected, "no node is selected, so nothing was looked at");
        if (progress.VerdictFailed)
            return Judgement.Unknown(Reasons.VerdictFailed, "the operator failed to judge what the nodes reported; its log says why");
        var partial = progress.NotReported.Count == 0 ? "" : $" ({NodeReporting.Reported(progress)})";
        if (report.RootCauses.FirstOrDefault(cause => cause.Finding.Severity >= Severity.Warning) is { Finding: var finding })
            return Judgement.False(AsReason(finding.Code), $"{finding.Code} on {finding.Subject.Node}: {finding.Message}{partial}");
        if (tunnels.Broken > 0)
            return Judgement.False(Reasons.TunnelsBroken, $"{tunnels.Broken} of {tunnels.Total} tunnels carry no traffic, and no rule says why{partial}");
        if (tunnels.Degraded > 0)
            return Judgement.False(Reasons.TunnelsDegraded, $"{tunnels.Degraded} of {tunnels.Total} tunnels work worse than they should{partial}");
        if (progress.NotReported.Count > 0)
            return Judgement.Unknown(Reasons.NodesNotReported, $"only {NodeReporting.Reported(progress)}, no fault was seen on them");
        if (tunnels.Unknown > 0)
            return Judgement.Unknown(Reasons.TunnelsUnknown, $"too little was read about {tunnels.Unknown} of {tunnels.Total} tunnels");
        if (report.CouldNotCheck.Count > 0)
            return Judgement.Unknown(Reasons.CouldNotCheck, $"{report.CouldNotCheck.Count} things could not be checked, the first is {report.CouldNotCheck[0].What} on {report.CouldNotCheck[0].Node}");
        return tunnels.Total == 0
            ? Judgement.Unknown(Reasons.NoTunnelsFound, $"no WireGuard tunnel was found on {progress.Nodes.Count} nodes")
            : Judgement.True(Reasons.AllTunnelsHealthy, $"{tunnels.Healthy} tunnels are healthy, {tunnels.Idle} are idle");
    }

    /// <summary>A finding code as the reason of a condition, whose syntax has no hyphen (meta/v1 Condition): <c>WG_KEY_DRIFT</c>.</summary>
    public static string AsReason(string code)
    {
        var reason = new string([.. code.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Select(c => c == '-' ? '_' : c)]).Trim('_');
        return reason.Length > 0 && char.IsAsciiLetter(reason[0]) ? reason : Reasons.TunnelsBroken;
    }
}
