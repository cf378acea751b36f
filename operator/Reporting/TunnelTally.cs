// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>Counts directed tunnels by what they mean to the person who asks.</summary>
internal static class TunnelTally
{
    /// <summary>The counts.</summary>
    public static TunnelCounts Of(IReadOnlyList<TunnelAssessment> tunnels)
    {
        int Count(TunnelState state) => tunnels.Count(tunnel => tunnel.State == state);
        var (healthy, idle, degraded, unknown) =
            (Count(TunnelState.Healthy), Count(TunnelState.Idle), Count(TunnelState.Degraded), Count(TunnelState.Unknown));
        return new TunnelCounts
        {
            Total = tunnels.Count,
            Healthy = healthy,
            Idle = idle,
            Degraded = degraded,
            // Every other state says in which way traffic is lost.
            Broken = tunnels.Count - healthy - idle - degraded - unknown,
            Unknown = unknown,
        };
    }
}
