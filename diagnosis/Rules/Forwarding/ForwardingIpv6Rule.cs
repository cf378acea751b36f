// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>
/// Signal: net.ipv6.conf.all.forwarding is 0 and no device is forced to forward, and peers have IPv6 networks behind this node in their AllowedIPs for it.
/// Threshold and traps: as WG-FORWARDING-DISABLED; a device's own forwarding value says nothing for IPv6, force_forwarding (Linux 6.17) does.
/// </summary>
internal sealed class ForwardingIpv6Rule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-FORWARDING-V6-DISABLED", Layer.Forwarding, Severity.Error, "The node does not forward IPv6")
    {
        Precedence = Rules.Precedence.Receiver + 1,
        ExplainedBy = ["WG-SYSCTL-RESET"],
        Explanation = "IPv6 has a switch of its own: with net.ipv6.conf.all.forwarding = 0 the node takes only packets for its own addresses and counts the others as Ip6InAddrErrors, "
            + "while IPv4 is forwarded as always.",
        FalsifiedBy = "net.ipv6.conf.all.forwarding is 1, or a BPF program moves the packets past the stack.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => ForwardingFindings.Make(Descriptor, mesh, ForwardingFault.Ipv6);
}
