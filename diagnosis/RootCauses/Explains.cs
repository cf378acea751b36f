// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>What explains what: by the codes that a rule says it follows from, and by what the two findings share.</summary>
internal sealed class Explains
{
    // The tunnels of findings that were asked for; a finding is asked as often as there are others of the codes it explains.
    private readonly Dictionary<RuleFinding, HashSet<PeerView>> _tunnels = new(ReferenceEqualityComparer.Instance);

    /// <summary>True when the finding can be a reason at all. A mere note explains nothing.</summary>
    public static bool IsReason(RuleFinding cause) => cause.Finding.Severity > Severity.Info;

    /// <summary>True when the first finding is the reason for the second.</summary>
    public bool Finding(RuleFinding cause, RuleFinding effect) =>
        IsReason(cause)
        && effect.Rule.ExplainedBy.Contains(cause.Rule.Code)
        && (cause.Family is null || effect.Family is null || cause.Family == effect.Family)
        && cause.Rule.Reach switch
        {
            Reach.Node => cause.Device.Node == effect.Device.Node,
            Reach.Entries => cause.Device == effect.Device && effect.Effects.All(own => Tunnels(cause).Contains(own.Tunnel)),
            Reach.Tunnels => effect.Effects.Count > 0 && effect.Effects.All(own => Takes(cause, own.Tunnel)),
            _ => cause.Device == effect.Device,
        };

    /// <summary>True when the finding keeps the tunnel's handshake from completing.</summary>
    public bool Handshake(RuleFinding cause, PeerView tunnel) => cause.StopsHandshake && IsReason(cause) && Takes(cause, tunnel);

    /// <summary>True when the finding takes the tunnel along, in either direction.</summary>
    private bool Takes(RuleFinding cause, PeerView tunnel) =>
        Tunnels(cause).Contains(tunnel) || (tunnel.Reverse is { } reverse && Tunnels(cause).Contains(reverse));

    private HashSet<PeerView> Tunnels(RuleFinding finding)
    {
        if (!_tunnels.TryGetValue(finding, out var tunnels)) _tunnels[finding] = tunnels = [.. finding.Effects.Select(effect => effect.Tunnel)];
        return tunnels;
    }
}
