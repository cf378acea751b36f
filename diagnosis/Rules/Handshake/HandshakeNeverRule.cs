// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>
/// Signal: no handshake ever, and this side tries: it sent an initiation (148 bytes) or more during the observation, or a keepalive obliges it
/// to have a session.
/// Threshold: 148 bytes, the size of an initiation.
/// Traps: on-demand peers that were never used; peers without endpoint, which can only wait; a device that is down tries nothing.
/// An unobserved peer with single addresses beside living ones may be a laptop that is switched off.
/// Root cause only where nothing sharper explains the tunnel.
/// </summary>
internal sealed class HandshakeNeverRule : ISymptomRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-HANDSHAKE-NEVER", Layer.Handshake, Severity.Critical, "No handshake ever completed")
    {
        Precedence = Rules.Precedence.Symptoms,
        ConsequenceOnly = true,
        Explanation = "Without a handshake there is no session and no packet passes. Initiations are sent every 5 s for 90 s and then no more until new traffic asks. "
            + "A firewall on the way, a port nobody listens on, a wrong key or preshared key all look the same from here.",
        FalsifiedBy = "`wg show <device> latest-handshakes` shows a time for the peer.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        mesh.Peers.Where(peer => Shows(mesh, peer)).Select(peer => Compose(mesh, peer.Device, [peer]));

    public bool Shows(MeshModel mesh, PeerView tunnel) =>
        Session.State(tunnel, mesh.Thresholds) == SessionState.Never
        && tunnel.Device.Link is not { Up: false }
        && !HandshakeFindings.MayBeSwitchedOff(mesh, tunnel)
        && tunnel.Endpoint is not null
        && !Traffic.IsData(tunnel.Fact.Received, tunnel)
        && (Session.Tries(tunnel) || (tunnel.Fact.PersistentKeepalive > 0 && HandshakeFindings.EndpointError(tunnel) is not null));

    public RuleFinding Compose(MeshModel mesh, DeviceView culprit, IReadOnlyList<PeerView> tunnels) =>
        HandshakeFindings.Compose(Descriptor, culprit, tunnels, "No handshake ever completed");
}
