// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>The graph of what explains what: by the codes that a rule says it follows from, and by what the two findings share.</summary>
internal static class Explains
{
    /// <summary>True when the first finding is the reason for the second. A mere note explains nothing.</summary>
    public static bool Finding(RuleFinding cause, RuleFinding effect) =>
        cause.Finding.Severity > Findings.Severity.Info
        && effect.Rule.ExplainedBy.Contains(cause.Rule.Code)
        && (cause.Family is null || effect.Family is null || cause.Family == effect.Family)
        && cause.Rule.Reach switch
        {
            Reach.Node => cause.Device.Node == effect.Device.Node,
            Reach.Entries => cause.Device == effect.Device && effect.Effects.All(own => cause.Effects.Any(other => other.Tunnel == own.Tunnel)),
            Reach.Tunnels => effect.Effects.Count > 0 && effect.Effects.All(own => Takes(cause, own.Tunnel)),
            _ => cause.Device == effect.Device,
        };

    /// <summary>True when the finding keeps the tunnel's handshake from completing.</summary>
    public static bool Handshake(RuleFinding cause, PeerView tunnel) =>
        cause.Rule.StopsHandshake && cause.Finding.Severity > Findings.Severity.Info && Takes(cause, tunnel);

    private static bool Takes(RuleFinding cause, PeerView tunnel) =>
        cause.Effects.Any(effect => effect.Tunnel == tunnel || effect.Tunnel == tunnel.Reverse);
}
