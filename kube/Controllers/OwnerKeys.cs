// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>Finds the owners of a child.</summary>
public static class OwnerKeys
{
    /// <summary>
    /// The owners of one kind that the child's owner references name. The version may differ, group and kind may not. An owner
    /// is in the child's namespace or has none.
    /// </summary>
    public static IEnumerable<ObjectKey> Of<TOwner>(IKubernetesObject child, ResourceType<TOwner> ownerType)
        where TOwner : class, IKubernetesObject
    {
        foreach (OwnerReference reference in child.Metadata.OwnerReferences ?? [])
        {
            if (reference.Kind == ownerType.Kind && GroupOf(reference.ApiVersion).SequenceEqual(ownerType.Group))
                yield return new ObjectKey(ownerType.Namespaced ? child.Metadata.Namespace : null, reference.Name);
        }
    }

    private static ReadOnlySpan<char> GroupOf(string apiVersion)
    {
        int slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? [] : apiVersion.AsSpan(0, slash);
    }
}
