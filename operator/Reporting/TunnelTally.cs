// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>Counts directed tunnels by what they mean to the person who asks.</summary>
internal static class TunnelTally
{
    /// <summary>The counts.</summary>
    public static TunnelCounts Of(DiagnosisReport report)
    {
        var totals = report.Totals();
        return new TunnelCounts
        {
            Total = totals.Total,
            Healthy = totals.Healthy,
            Idle = totals.Idle,
            Degraded = totals.Degraded,
            Broken = totals.Broken,
            Unknown = totals.Unknown,
        };
    }
}
