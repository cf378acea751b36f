// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.RootCauses;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>Gives every directed tunnel its state: from the finding that explains it, or from the counters of both ends.</summary>
internal static class TunnelJudge
{
    /// <param name="mesh">The mesh.</param>
    /// <param name="findings">What the rules found.</param>
    /// <param name="unlisted">Counts those that nobody lists.</param>
    /// <param name="brokenOnly">Counts the others as well instead of listing them.</param>
    public static JudgedTunnels Judge(MeshModel mesh, IReadOnlyList<RuleFinding> findings, UnlistedTally unlisted, bool brokenOnly)
    {
        var effects = new Dictionary<PeerView, (TunnelState State, string Reason)>();
        foreach (var finding in findings.Where(finding => finding.Finding.Severity > Severity.Info).Order(CauseRanking.Instance))
        {
            foreach (var effect in finding.Effects)
                effects.TryAdd(effect.Tunnel, (effect.State, $"{finding.Rule.Code} on {finding.Device.Node.Name}: {finding.Rule.Title}."));
        }

        var named = new List<TunnelAssessment>();
        var totals = default(TunnelTotals);
        // A counted tunnel that a finding explains is named, and taken from the counts below.
        foreach (var tunnel in mesh.Peers.Concat(mesh.Devices.SelectMany(device => device.Counted).Where(effects.ContainsKey)))
        {
            var (state, reason) = effects.TryGetValue(tunnel, out var effect) ? effect : TunnelCounters.Judge(mesh, tunnel);
            var one = TunnelTotals.One(state);
            if (brokenOnly && one.Broken == 0) totals += one;
            else named.Add(new TunnelAssessment(tunnel.Id, state, reason));
        }

        var listed = named
            .OrderBy(item => item.Tunnel.FromNode, StringComparer.Ordinal)
            .ThenBy(item => item.Tunnel.FromDevice, StringComparer.Ordinal)
            .ThenBy(item => item.Tunnel.ToNode, StringComparer.Ordinal)
            .ThenBy(item => item.Tunnel.PeerKey, StringComparer.Ordinal);
        return new JudgedTunnels([.. listed], unlisted.Count(tunnel => effects.TryGetValue(tunnel, out var effect) ? effect.State : null) + totals);
    }
}

/// <summary>The tunnels with their states.</summary>
/// <param name="Listed">Tunnels that a node lists, or that another node told of.</param>
/// <param name="Unlisted">Counts of the others.</param>
internal sealed record JudgedTunnels(IReadOnlyList<TunnelAssessment> Listed, TunnelTotals Unlisted);
