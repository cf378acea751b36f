// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>A rule of this host drops the outer packets. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class UdpPortBlockedInputRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-UDP-PORT-BLOCKED-INPUT", Layer.Firewall, Severity.Critical, "The host firewall drops WireGuard's own packets")
    {
        Precedence = Rules.Precedence.OuterPath,
        Explanation = "Packet filters see WireGuard's UDP packets before WireGuard does, while a capture on the uplink still shows them. Nothing is answered and nothing is counted by UDP. Where answers are let through, the tunnel works as long as this node speaks first and often enough.",
        FalsifiedBy = "The session of such a peer is renewed while the rule stands, or a trace (nft monitor trace) shows the packets being accepted.",
        StopsHandshake = true,
        Reach = Reach.Tunnels,
    };
}
