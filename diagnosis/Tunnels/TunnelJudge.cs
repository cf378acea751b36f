// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.RootCauses;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>Gives every directed tunnel its state: from the finding that explains it, or from the counters of both ends.</summary>
internal static class TunnelJudge
{
    public static JudgedTunnels Judge(MeshModel mesh, IReadOnlyList<RuleFinding> findings, UnlistedTally unlisted)
    {
        var effects = new Dictionary<PeerView, (TunnelState State, string Reason)>();
        foreach (var finding in findings.Where(finding => finding.Finding.Severity > Severity.Info).Order(CauseRanking.Instance))
        {
            foreach (var effect in finding.Effects)
                effects.TryAdd(effect.Tunnel, (effect.State, $"{finding.Rule.Code} on {finding.Device.Node.Name}: {finding.Rule.Title}."));
        }

        var listed = mesh.Peers
            // A counted tunnel that a finding explains is named, and taken from the counts below.
            .Concat(mesh.Devices.SelectMany(device => device.Counted).Where(effects.ContainsKey))
            .Select(tunnel =>
            {
                var (state, reason) = effects.TryGetValue(tunnel, out var effect) ? effect : TunnelCounters.Judge(mesh, tunnel);
                return new TunnelAssessment(tunnel.Id, state, reason);
            })
            .OrderBy(item => item.Tunnel.FromNode, StringComparer.Ordinal)
            .ThenBy(item => item.Tunnel.FromDevice, StringComparer.Ordinal)
            .ThenBy(item => item.Tunnel.ToNode, StringComparer.Ordinal)
            .ThenBy(item => item.Tunnel.PeerKey, StringComparer.Ordinal);
        return new JudgedTunnels([.. listed], unlisted.Count(tunnel => effects.TryGetValue(tunnel, out var effect) ? effect.State : null));
    }
}

/// <summary>The tunnels with their states.</summary>
/// <param name="Listed">Tunnels that a node lists, or that another node told of.</param>
/// <param name="Unlisted">Counts of those that none does.</param>
internal sealed record JudgedTunnels(IReadOnlyList<TunnelAssessment> Listed, TunnelTotals Unlisted);
