// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Findings;

/// <summary>Directed tunnels by what their states mean.</summary>
/// <param name="Healthy">Valid session, and nothing speaks against it.</param>
/// <param name="Idle">Not used.</param>
/// <param name="Degraded">Work, but worse than they should.</param>
/// <param name="Broken">Traffic is lost in one of the known ways.</param>
/// <param name="Unknown">Cannot be judged.</param>
public readonly record struct TunnelTotals(int Healthy = 0, int Idle = 0, int Degraded = 0, int Broken = 0, int Unknown = 0)
{
    /// <summary>All of them.</summary>
    [JsonIgnore]
    public int Total => Healthy + Idle + Degraded + Broken + Unknown;

    /// <summary>One tunnel in a state.</summary>
    public static TunnelTotals One(TunnelState state, int count = 1) => state switch
    {
        TunnelState.Healthy => new(Healthy: count),
        TunnelState.Idle => new(Idle: count),
        TunnelState.Degraded => new(Degraded: count),
        TunnelState.Unknown => new(Unknown: count),
        // Every other state says in which way traffic is lost.
        _ => new(Broken: count),
    };

    /// <summary>The counts of listed tunnels.</summary>
    public static TunnelTotals Of(IEnumerable<TunnelAssessment> tunnels) =>
        tunnels.Aggregate(default(TunnelTotals), (sum, tunnel) => sum + One(tunnel.State));

    /// <summary>The sum, count by count.</summary>
    public static TunnelTotals operator +(TunnelTotals one, TunnelTotals other) => new(
        one.Healthy + other.Healthy,
        one.Idle + other.Idle,
        one.Degraded + other.Degraded,
        one.Broken + other.Broken,
        one.Unknown + other.Unknown);
}
