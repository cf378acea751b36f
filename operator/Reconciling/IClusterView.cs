// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>What the caches know of the cluster. It may be behind the server, also behind one's own writes.</summary>
internal interface IClusterView
{
    /// <summary>The diagnoses of the operator's class.</summary>
    IReadOnlyList<TunnelDiagnosis> Diagnoses();

    /// <summary>All nodes.</summary>
    IReadOnlyList<Node> Nodes();

    /// <summary>NodeProbes of the diagnosis with this uid.</summary>
    IReadOnlyList<NodeProbe> NodeProbesOf(string diagnosisUid);

    /// <summary>Probe pods of the diagnosis with this uid.</summary>
    IReadOnlyList<Pod> PodsOf(string diagnosisUid);

    /// <summary>The DaemonSet of the diagnosis with this uid.</summary>
    DaemonSet? DaemonSetOf(string diagnosisUid);
}
