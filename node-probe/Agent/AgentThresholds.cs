// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>From the resource's limits to the engine's.</summary>
internal static class AgentThresholds
{
    /// <summary>Bounds of the schema.</summary>
    private const int LeastStaleSeconds = 135;

    private const int GreatestStaleSeconds = 86400;

    public static Thresholds From(ThresholdsSpec? spec)
    {
        var defaults = new Thresholds();
        return spec?.HandshakeStaleSeconds is { } seconds
            ? defaults with { HandshakeStale = TimeSpan.FromSeconds(Math.Clamp(seconds, LeastStaleSeconds, GreatestStaleSeconds)) }
            : defaults;
    }
}
