// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>The peers that this node alone sees nothing wrong with.</summary>
internal sealed class HealthyPeers
{
    private readonly HashSet<(string Device, string Key)> _healthy = [];

    public HealthyPeers(DiagnosisReport report)
    {
        foreach (var tunnel in report.Tunnels)
        {
            if (tunnel.State is TunnelState.Healthy or TunnelState.Idle) _healthy.Add((tunnel.Tunnel.FromDevice, tunnel.Tunnel.PeerKey));
        }

        foreach (var finding in report.RootCauses.SelectMany(c => c.Consequences.Prepend(c.Finding)).Where(f => f.Severity >= Severity.Warning))
        {
            foreach (var tunnel in finding.AffectedTunnels) _healthy.Remove((tunnel.FromDevice, tunnel.PeerKey));
            if (finding.Subject is { Device: { } device, PeerKey: { } key }) _healthy.Remove((device, key));
        }
    }

    public bool Contains(WireGuardDeviceFact device, WireGuardPeerFact peer) => _healthy.Contains((device.Name, peer.PublicKey));
}
