// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>
/// Signal: row 3 of the truth table: initiations are accepted (+148 at the other end) and answered (+92 sent there), and nothing comes back.
/// Threshold: the table's.
/// Traps: different preshared keys look the same in counters, so equal ones must be known for more than a guess; a capture that sees the answers arrive
/// speaks against it. Root cause only where nothing sharper explains the tunnel.
/// </summary>
internal sealed class HandshakeResponseLostRule : ISymptomRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-HANDSHAKE-RESPONSE-LOST", Layer.Firewall, Severity.Critical, "Handshake answers do not come back")
    {
        Precedence = Rules.Precedence.OuterPath + 4,
        ConsequenceOnly = true,
        Explanation = "The initiation arrives and is valid, the responder answers, and the answer is lost: a stateless access list, an egress rule, an asymmetric way or a firewall at the "
            + "initiator. The responder's own handshake time stays empty until data confirms the session, so neither end sees one.",
        FalsifiedBy = "A capture at the initiator shows the 92-byte answers from the endpoint's address; then the keys differ.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        mesh.Peers.Where(peer => Shows(mesh, peer)).Select(peer => Compose(mesh, peer.Device, [peer]));

    public bool Shows(MeshModel mesh, PeerView tunnel) =>
        OuterPathFindings.Row(mesh, tunnel) is { Verdict: PairVerdict.AnswerLost or PairVerdict.AnswerLostOrRefused }
        && Outer.Capture(tunnel) is not { Received.Responses: > 0 };

    public RuleFinding Compose(MeshModel mesh, DeviceView culprit, IReadOnlyList<PeerView> tunnels)
    {
        var sure = tunnels.Any(tunnel => OuterPathFindings.Row(mesh, tunnel) is { Verdict: PairVerdict.AnswerLost });
        return OuterPathFindings.Begin(Descriptor, culprit, tunnels,
            $"Handshakes {OuterPathFindings.Between(culprit, tunnels)} arrive and are answered, and the answers do not come back"
            + (sure ? "." : "; or the preshared keys differ, which the facts do not tell."),
            sure ? (tunnels.Any(tunnel => Outer.Capture(tunnel) is { Received.Responses: 0 }) ? 0.95 : 0.85) : 0.5).Build();
    }
}
