// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>
/// Signal: IPv4 forwarding is off for packets from the tunnel or for packets from the networks behind the node, and peers have those networks in their
/// AllowedIPs for it.
/// Threshold: none for the sysctl; growing InAddrErrors (the kernel's count of such drops) raises the confidence, and on a single host
/// they are needed for more than a note.
/// Traps: virtual networks that happen to lie inside a wide prefix; host-to-host tunnels (only the node's own addresses are in AllowedIPs), networks without hosts behind them (dummy, a bridge without
/// ports), ip_forward off with the devices' own values on, BPF host routing (no routes into the device).
/// </summary>
internal sealed class ForwardingDisabledRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-FORWARDING-DISABLED", Layer.Forwarding, Severity.Critical, "The node does not forward")
    {
        Precedence = Rules.Precedence.Receiver + 1,
        ExplainedBy = ["WG-SYSCTL-RESET"],
        Wants = [WantedFact.ProtocolCounters],
        Explanation = "The tunnel delivers packets for pods or hosts behind the node, but the kernel only takes those for its own addresses; all others are dropped and counted as "
            + "InAddrErrors, without an ICMP error to the sender. The handshake stays fresh and the node itself answers.",
        FalsifiedBy = "Forwarding is on for the incoming device, or a BPF program moves the packets past the stack.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => ForwardingFindings.Make(Descriptor, mesh, ForwardingFault.All);
}
