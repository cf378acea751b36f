// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>
/// Signal: the last handshake is older than any key pair may be, and this side needs a session: keepalive, or it sent an initiation's worth of
/// bytes during the observation.
/// Threshold: <see cref="Thresholds.HandshakeStale"/>, 180 s by the protocol (REJECT_AFTER_TIME).
/// Traps: idle peers without keepalive have old handshakes and are fine; a handshake in the future means a stepped clock; data that arrives
/// contradicts an old session.
/// An unobserved peer with single addresses beside living ones may be a laptop that is switched off.
/// Root cause only where nothing sharper explains the tunnel.
/// </summary>
internal sealed class HandshakeStaleRule : ISymptomRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-HANDSHAKE-STALE", Layer.Handshake, Severity.Critical, "The session has expired and is not renewed")
    {
        Precedence = Rules.Precedence.Symptoms + 1,
        ConsequenceOnly = true,
        Explanation = "No key pair older than 180 s is accepted. Whoever sends renews it after 120 s, so an older handshake beside fresh traffic or a keepalive means that "
            + "renewal fails: the way, the peer or its keys changed since.",
        FalsifiedBy = "`wg show <device> latest-handshakes` shows a younger time after one more packet.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        mesh.Peers.Where(peer => Shows(mesh, peer)).Select(peer => Compose(mesh, peer.Device, [peer]));

    public bool Shows(MeshModel mesh, PeerView tunnel) =>
        Session.State(tunnel, mesh.Thresholds) == SessionState.Old
        && tunnel.Device.Link is not { Up: false }
        && !HandshakeFindings.MayBeSwitchedOff(mesh, tunnel)
        && !Traffic.IsData(tunnel.Fact.Received, tunnel)
        && Session.Tries(tunnel);

    public RuleFinding Compose(MeshModel mesh, DeviceView culprit, IReadOnlyList<PeerView> tunnels) =>
        HandshakeFindings.Compose(Descriptor, culprit, tunnels, "The session expired and was not renewed");
}
