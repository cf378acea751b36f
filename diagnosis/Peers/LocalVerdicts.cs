// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Peers;

/// <summary>What the engine says about each peer from the facts of one node alone.</summary>
internal sealed class LocalVerdicts
{
    private readonly Dictionary<(string Device, string Key), TunnelState> _states = [];
    private readonly HashSet<(string Device, string Key)> _named = [];

    public LocalVerdicts(DiagnosisReport report)
    {
        foreach (var tunnel in report.Tunnels) _states[(tunnel.Tunnel.FromDevice, tunnel.Tunnel.PeerKey)] = tunnel.State;
        foreach (var finding in report.RootCauses.SelectMany(cause => cause.Consequences.Prepend(cause.Finding)))
        {
            if (finding.Subject is { Device: { } device, PeerKey: { } key }) _named.Add((device, key));
        }
    }

    /// <summary>The state; unknown for a peer that was not judged.</summary>
    public TunnelState Of(PeerView peer) => _states.GetValueOrDefault((peer.Device.Name, peer.Key));

    /// <summary>True when a finding, be it a note, is about this very peer.</summary>
    public bool IsNamed(PeerView peer) => _named.Contains((peer.Device.Name, peer.Key));
}
