// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>
/// Signal: IPv4 forwarding is on for the node and off for the tunnel, or for a device with networks behind it that peers have in their AllowedIPs.
/// Threshold and traps: as WG-FORWARDING-DISABLED. IPv4 asks the device that a packet comes in by, so one direction works and the other does not; IPv6 has no such
/// value (its per-device one is about router advertisements).
/// </summary>
internal sealed class ForwardingDeviceOffRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-FORWARDING-IFACE-OFF", Layer.Forwarding, Severity.Error, "One device does not forward")
    {
        Precedence = Rules.Precedence.Receiver + 1,
        ExplainedBy = ["WG-SYSCTL-RESET"],
        Explanation = "IPv4 asks the device by which a packet comes in. New devices take the value of \"default\", and network managers set it per link, so one device may drop what "
            + "it should forward while the other direction works.",
        FalsifiedBy = "net.ipv4.conf.<device>.forwarding is 1 for the incoming device.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => ForwardingFindings.Make(Descriptor, mesh, ForwardingFault.Device);
}
