// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: a routing rule of type blackhole, unreachable or prohibit, or one that leads to such a route in a table of its own, matches packets for a peer's
/// prefix before the tunnel's route is found.
/// Threshold: as WG-RULE-SHADOWED. Such routes in the main table are WG-ROUTE-SHADOWED.
/// Traps: blackholes that a CNI makes for its own blocks have more specific routes beside them; rules for marked packets (Tailscale's) meet no ordinary packet.
/// </summary>
internal sealed class RuleBlackholeRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-RULE-BLACKHOLE", Layer.Route, Severity.Error, "A routing rule refuses the tunnel's traffic")
    {
        Precedence = Rules.Precedence.Cryptokey + 4,
        Explanation = "A rule of type blackhole drops what it matches without a sign; unreachable and prohibit answer with an ICMP error. No later rule and no route is asked.",
        FalsifiedBy = "`ip route get <destination> from <source> iif <device>` names the tunnel.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => DiversionFindings.Make(Descriptor, mesh, refusals: true);
}
