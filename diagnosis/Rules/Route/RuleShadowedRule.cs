// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: a routing rule that comes before the tunnel's sends packets for a peer's prefix to a table whose route is not the tunnel, though the device has a
/// route for them.
/// Threshold: the packets are this node's own, or from a network that the peers take from this node; the kernel's own answer must not speak against it.
/// Traps: rules for the addresses of an uplink (several lines, cloud interfaces), marked packets, rules that jump or look at what is not known, routing daemons,
/// a second tunnel.
/// </summary>
internal sealed class RuleShadowedRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-RULE-SHADOWED", Layer.Route, Severity.Error, "A routing rule takes the tunnel's traffic")
    {
        Precedence = Rules.Precedence.Cryptokey + 5,
        Explanation = "Routing rules are asked in the order of their numbers, and the first one whose table has a route wins, however good the route in a later table is. "
            + "Often it looks at the source, so that some pods work and others do not.",
        FalsifiedBy = "`ip route get <destination> from <source> iif <device>` names the tunnel.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => DiversionFindings.Make(Descriptor, mesh, refusals: false)
        .Concat(WalkedAway.Find(mesh).Where(away => away.Split is null).Select(away => away.Build(Descriptor)));
}
