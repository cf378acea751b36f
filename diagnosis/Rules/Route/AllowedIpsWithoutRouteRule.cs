// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: a network behind a peer is in its AllowedIPs, and no node of the mesh has a route into the tunnel for it.
/// Threshold: as WG-ROUTE-MISSING, which is the same on one node when others do have the route: there a route was lost, here none was ever made,
/// so the configuration has to change and not only the node.
/// Traps: those of WG-ROUTE-MISSING; on a single host the two cannot be told apart and WG-ROUTE-MISSING is said.
/// </summary>
internal sealed class AllowedIpsWithoutRouteRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ALLOWEDIPS-WITHOUT-ROUTE", Layer.AllowedIPs, Severity.Error, "AllowedIPs without a route")
    {
        Precedence = Rules.Precedence.Cryptokey + 5,
        ExplainedBy = ["WG-IFACE-MOVED-NETNS", "WG-IFACE-DOWN", "WG-IFACE-NO-ADDRESS", "WG-IPV6-DISABLED", "WG-POLICY-RULE-MISSING", "WG-SUBMARINER-FAILOVER", "WG-NETWORKD-FLUSH", "WG-NETWORKMANAGER-INTERFERENCE"],
        Explanation = "AllowedIPs say which peer gets a packet once it is in the device, and which sources the peer may use. They make no route: `wg set` never adds one, only "
            + "wg-quick and agents do. Traffic for the network follows the default route, in clear text.",
        FalsifiedBy = "`ip route get <address in the network>` names the device, or a program beside routing brings the packets there.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => MissingRoutes.Make(Descriptor, mesh, RouteLoss.NeverMade);
}
