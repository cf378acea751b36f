// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Pods;

/// <summary>
/// Signal: in a pod's namespace there is no route to the networks behind the tunnel; or, in any namespace behind the node, the gateway for them is not the node and does not
/// answer.
/// Threshold: the pod's address is one that peers have behind this node. Namespaces that were not read are not judged.
/// Traps: link-local gateways (Calico's 169.254.1.1), several devices by design (Multus), a gateway that does answer.
/// </summary>
internal sealed class PodRouteRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-POD-NETNS-ROUTE", Layer.Namespace, Severity.Error, "A pod's own route is wrong")
    {
        Precedence = Rules.Precedence.Beyond,
        ExplainedBy = ["WG-POD-VETH-BROKEN"],
        Explanation = "A pod's packets leave by the routes of its own namespace before the node sees them. Without a default route, or with one to a gateway that is not there, the pod fails in all "
            + "directions while its neighbours on the node work.",
        FalsifiedBy = "`ip route get <remote address>` in the pod's namespace names a gateway that answers.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => PodRouteFindings.Make(Descriptor, mesh, (place, way) => way == WayOut.DeadGateway || place.IsPod);
}
