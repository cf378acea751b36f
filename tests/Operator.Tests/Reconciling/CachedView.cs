// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Operator.Probes;
using KubeWgDiag.Operator.Reconciling;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>A cache that shows the cluster as it was when it last caught up.</summary>
internal sealed class CachedView(FakeCluster cluster) : IClusterView
{
    private IReadOnlyList<IKubernetesObject> _objects = cluster.Snapshot();

    public void CatchUp() => _objects = cluster.Snapshot();

    public IReadOnlyList<TunnelDiagnosis> Diagnoses() => [.. _objects.OfType<TunnelDiagnosis>()];

    public IReadOnlyList<Node> Nodes() => [.. _objects.OfType<Node>()];

    public IReadOnlyList<NodeProbe> NodeProbesOf(string diagnosisUid) => Children<NodeProbe>(diagnosisUid);

    public IReadOnlyList<Pod> PodsOf(string diagnosisUid) => Children<Pod>(diagnosisUid);

    public DaemonSet? DaemonSetOf(string diagnosisUid) => Children<DaemonSet>(diagnosisUid).SingleOrDefault();

    private List<T> Children<T>(string diagnosisUid)
        where T : class, IKubernetesObject => [.. _objects.OfType<T>().Where(child => Ownership.DiagnosisUidOf(child) == diagnosisUid)];
}
