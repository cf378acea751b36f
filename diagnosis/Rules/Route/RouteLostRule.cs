// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: the device is up, and every route that somebody made into it is gone, while its addresses and their connected networks are there.
/// Threshold: two or more routes that other nodes have; a single one may as well have been deleted, which is WG-ROUTE-MISSING.
/// Traps: connected routes come back by themselves and hide the loss; a device whose last address was removed loses its routes for that; those of WG-ROUTE-MISSING.
/// </summary>
internal sealed class RouteLostRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ROUTE-LOST-LINKDOWN", Layer.Route, Severity.Error, "All routes of the device are gone at once")
    {
        Precedence = Rules.Precedence.Cryptokey + 4,
        ExplainedBy = ["WG-IFACE-MOVED-NETNS", "WG-IFACE-DOWN", "WG-IFACE-NO-ADDRESS", "WG-MTU-TOO-SMALL", "WG-IPV6-DISABLED", "WG-NETWORKD-FLUSH", "WG-NETWORKMANAGER-INTERFERENCE", "WG-SUBMARINER-FAILOVER"],
        Explanation = "When a device goes down, or is deleted and made again, the kernel removes its routes. Coming up brings back the connected ones only; the others "
            + "stay away until their owner writes them again, and most agents do so at their start alone.",
        FalsifiedBy = "`ip route show dev <device>` lists the routes, or somebody deleted them one by one.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => MissingRoutes.Make(Descriptor, mesh, RouteLoss.AllAtOnce);
}
