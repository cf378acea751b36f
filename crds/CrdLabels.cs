// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Crds;

/// <summary>Labels that tie the parts of a diagnosis together.</summary>
public static class CrdLabels
{
    /// <summary>Uid of the owning TunnelDiagnosis: on DaemonSet, pods and NodeProbes. A uid fits a label value, a resource name may not.</summary>
    public const string DiagnosisUid = "kubewgdiag.io/diagnosis-uid";

    /// <summary>
    /// On a TunnelDiagnosis: the class of the operator that works on it, as an IngressClass does for Ingresses. Without it the operator that runs without
    /// a class does. Children carry no class: the uid of their diagnosis says whose they are.
    /// </summary>
    public const string Class = "kubewgdiag.io/class";

    /// <summary>Standard label; always <see cref="ManagedByValue"/>.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    public const string ManagedByValue = "kubewgdiag-operator";
}
