// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Rules.Keys;

/// <summary>
/// Signal: the preshared keys of the two ends of a tunnel differ by their fingerprints, or only one end has one.
/// Threshold: none, both are facts; the kernel's all-zero key counts as none.
/// Traps: a living session was made before the change, or during it, and is only warned of; a session younger than the rekey time while data comes in
/// shows that one reading is older than a change; entries that are only counted tell nothing of preshared keys.
/// </summary>
internal sealed class PskMismatchRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-PSK-MISMATCH", Layer.Handshake, Severity.Critical, "The preshared keys differ")
    {
        Precedence = Rules.Precedence.Peers + 4,
        StopsHandshake = true,
        Explanation = "The preshared key goes into the handshake's answer. The responder accepts the initiation and answers, the initiator cannot open the answer and drops it without a "
            + "sign; on the wire it looks as if both were alive.",
        FalsifiedBy = "`wg show <device> preshared-keys` prints the same key for the pair on both nodes.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var here in mesh.Peers)
        {
            if (here.Reverse is not { } there || PresharedKeys.Differ(here, there) != true) continue;
            // Once for each pair, seen from the one that tries.
            var (asks, asked) = (Asks(here), Asks(there));
            var first = asks == asked ? string.CompareOrdinal(here.Device.Key, here.Key) < 0 : asks;
            if (first && here.AllowedIps.Count + there.AllowedIps.Count > 0) yield return Build(mesh, here, there);
        }
    }

    // Who answers gets the initiations; who asks gets nothing.
    private static bool Asks(PeerView peer) => Session.Tries(peer) && !peer.Fact.Received.Grew;

    private RuleFinding Build(MeshModel mesh, PeerView here, PeerView there)
    {
        var alive = Session.State(here, mesh.Thresholds) == SessionState.Fresh || Session.State(there, mesh.Thresholds) == SessionState.Fresh;
        var moves = Traffic.IsData(here.Fact.Received, here) || Traffic.IsData(there.Fact.Received, there);
        var tries = Session.Tries(here) || Session.Tries(there);
        // Where only one end has a key, it is that end that was set up for one and the other that lacks it.
        var lacking = here.Fact.HasPresharedKey ? there : here;
        var oneSided = here.Fact.HasPresharedKey != there.Fact.HasPresharedKey;
        var subject = oneSided ? lacking : here;
        var draft = new FindingDraft(Descriptor, subject.Device)
        {
            Message = oneSided
                ? $"{lacking.Device.Node.Name} has no preshared key for {lacking.RemoteName}, which has one for it: no handshake between them can complete."
                : $"{here.Device.Node.Name} and {there.Device.Node.Name} have different preshared keys for each other: no handshake between them can complete.",
            Confidence = moves ? 0.6 : 0.97,
            Severity = alive && (moves || !tries) ? Severity.Warning : tries ? Descriptor.Severity : Severity.Error,
            Entry = subject,
        };
        foreach (var end in new[] { here, there })
        {
            draft.Evidence(end.Device, $"wg show {end.Device.Name} preshared-keys", end.Fact.HasPresharedKey ? $"{end.RemoteName}: set, fingerprint {DisplayText.Name(end.Fact.PresharedKeyFingerprint)}" : $"{end.RemoteName}: (none)", "the same at both ends");
            draft.Affects(end, alive && moves ? TunnelState.Degraded : TunnelState.NoHandshake);
        }

        return draft.Build();
    }
}
