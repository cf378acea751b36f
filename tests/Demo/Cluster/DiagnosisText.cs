// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>Questions that are often put to a finished diagnosis.</summary>
public static class DiagnosisText
{
    public static Condition? ConditionOf(this TunnelDiagnosis diagnosis, string type) =>
        diagnosis.Status?.Conditions?.FirstOrDefault(c => c.Type == type);

    public static bool IsHealthy(this TunnelDiagnosis diagnosis) => diagnosis.ConditionOf("TunnelsHealthy")?.Status == "True";

    public static IReadOnlyList<RootCauseStatus> RootCauses(this TunnelDiagnosis diagnosis) => diagnosis.Status?.RootCauses ?? [];

    /// <summary>Root causes on which somebody should act.</summary>
    public static IEnumerable<RootCauseStatus> Serious(this TunnelDiagnosis diagnosis) =>
        diagnosis.RootCauses().Where(cause => cause.Severity >= SeverityStatus.Warning);
}
