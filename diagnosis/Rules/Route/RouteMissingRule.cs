// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: an AllowedIPs prefix that lies behind the peer, with no route into the device in any table, and a kernel lookup that leads elsewhere.
/// Threshold: the way back is routed, or other nodes route it, or the device's other prefixes are routed (on a single host: half of them).
/// Traps: meshes without routes (BPF, Table=off everywhere), prefixes that hold underlay addresses (node encryption), catch-alls, prefixes with a
/// chosen other way, routing daemons that have not learnt a route yet.
/// </summary>
internal sealed class RouteMissingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ROUTE-MISSING", Layer.Route, Severity.Critical, "No route into the tunnel")
    {
        Precedence = Rules.Precedence.Cryptokey + 5,
        ExplainedBy = ["WG-IFACE-MOVED-NETNS", "WG-IFACE-DOWN", "WG-IFACE-NO-ADDRESS", "WG-MTU-TOO-SMALL", "WG-IPV6-DISABLED", "WG-CNI-PLAINTEXT-LEAK", "WG-SUBMARINER-FAILOVER", "WG-NETWORKD-FLUSH", "WG-NETWORKMANAGER-INTERFERENCE"],
        Explanation = "AllowedIPs choose the peer inside the device; they do not bring a packet to the device. Without a route it follows the default route, in clear "
            + "text, or is refused as unreachable.",
        FalsifiedBy = "`ip route get <address in the prefix>` names the device.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => MissingRoutes.Make(Descriptor, mesh, RouteLoss.Missing);
}
