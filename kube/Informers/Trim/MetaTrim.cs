// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers.Trim;

/// <summary>The part of the metadata that a cache is asked for: identity, version, labels, owners, times, and chosen annotations. Finalizers go.</summary>
internal static class MetaTrim
{
    public static ObjectMeta Keep(ObjectMeta meta, StringPool pool) => new()
    {
        Name = meta.Name,
        Namespace = pool.Share(meta.Namespace),
        Uid = meta.Uid,
        ResourceVersion = meta.ResourceVersion,
        Generation = meta.Generation,
        CreationTimestamp = meta.CreationTimestamp,
        DeletionTimestamp = meta.DeletionTimestamp,
        Labels = pool.Share(meta.Labels, meta.Name),
        OwnerReferences = meta.OwnerReferences,
    };
}
