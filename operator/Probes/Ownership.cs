// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Operator.Probes;

/// <summary>How children belong to their diagnosis: the garbage collector deletes them with it, so no finalizer is needed.</summary>
internal static class Ownership
{
    /// <summary>The reference to the owner. Deletion of the owner is not blocked: that would need rights on its finalizers, for nothing.</summary>
    public static IReadOnlyList<OwnerReference> ReferenceTo(TunnelDiagnosis owner) =>
    [
        new OwnerReference
        {
            ApiVersion = CrdTypes.TunnelDiagnosis.ApiVersion,
            Kind = CrdTypes.TunnelDiagnosis.Kind,
            Name = owner.Metadata.Name!,
            Uid = owner.Metadata.Uid!,
            Controller = true,
            BlockOwnerDeletion = false,
        },
    ];

    /// <summary>Labels by which children are found: by uid, because a label value may be shorter than a name.</summary>
    public static IReadOnlyDictionary<string, string> Labels(TunnelDiagnosis owner) => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        [CrdLabels.DiagnosisUid] = owner.Metadata.Uid!,
        [CrdLabels.ManagedBy] = CrdLabels.ManagedByValue,
    };

    /// <summary>True when the child names the diagnosis as its owner, so that it goes with it.</summary>
    public static bool IsOwnedBy(IKubernetesObject child, TunnelDiagnosis owner) =>
        child.Metadata.OwnerReferences?.Any(reference => reference.Uid == owner.Metadata.Uid) == true;

    /// <summary>Uid of the diagnosis that a child says it belongs to; null when it does not say.</summary>
    public static string? DiagnosisUidOf(IKubernetesObject child) => child.Metadata.Labels?.GetValueOrDefault(CrdLabels.DiagnosisUid);
}
