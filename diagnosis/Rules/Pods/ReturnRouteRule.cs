// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Pods;

/// <summary>
/// Signal: a host behind the node, which is no pod of it, has no route to the networks from which the tunnel brings requests.
/// Threshold: its namespace was read, and its address is one that peers have behind this node.
/// Traps: a host whose default route leads to another router that answers may be reached by that one's routes: nothing is said. Real LAN hosts have no probe: for them
/// the page says how to test from the node.
/// </summary>
internal sealed class ReturnRouteRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-RETURN-ROUTE-MISSING", Layer.Route, Severity.Error, "A host behind the node has no route back")
    {
        Precedence = Rules.Precedence.Beyond + 1,
        ExplainedBy = ["WG-POD-VETH-BROKEN"],
        Explanation = "The request arrives at the host behind the node with a source from the far side of the tunnel. A host that knows no way there drops the reply or gives it to its LAN's "
            + "default router, and the tunnel never sees it.",
        FalsifiedBy = "`ip route get <remote address>` on the host names the node, or a router that leads there.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => PodRouteFindings.Make(Descriptor, mesh, (place, way) => way == WayOut.None && !place.IsPod);
}
