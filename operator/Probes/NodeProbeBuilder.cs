// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Operator.Probes;

/// <summary>The question to one node. Pure: equal input, equal object.</summary>
internal static class NodeProbeBuilder
{
    /// <summary>Counters need this long to show a fault where the spec says nothing (the CRD's default).</summary>
    private const int DefaultObservationSeconds = 8;

    /// <summary>The whole intent of the operator for the NodeProbe of this node.</summary>
    /// <param name="owner">The diagnosis as stored, with name and uid.</param>
    /// <param name="node">The node that has to answer.</param>
    /// <param name="run">The run that is asked for.</param>
    /// <param name="paths">Asked paths that concern the node; null = none.</param>
    public static NodeProbe Build(TunnelDiagnosis owner, string node, string run, IReadOnlyList<ProbePath>? paths = null)
    {
        var spec = owner.Spec ?? new TunnelDiagnosisSpec();
        return new NodeProbe
        {
            ApiVersion = CrdTypes.NodeProbe.ApiVersion,
            Kind = CrdTypes.NodeProbe.Kind,
            Metadata = new ObjectMeta
            {
                Name = ProbeNames.NodeProbe(owner.Metadata.Name!, owner.Metadata.Uid!, node),
                Labels = Ownership.Labels(owner),
                OwnerReferences = Ownership.ReferenceTo(owner),
            },
            Spec = new NodeProbeSpec
            {
                Diagnosis = owner.Metadata.Name!,
                NodeName = node,
                Run = run,
                Interfaces = spec.Interfaces,
                ObservationSeconds = spec.ObservationSeconds ?? DefaultObservationSeconds,
                Thresholds = spec.Thresholds,
                Paths = paths,
            },
        };
    }
}
