// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.ObjectModel;

/// <summary>Names one object among those of its resource.</summary>
/// <param name="Namespace">Null for a cluster-scoped object.</param>
/// <param name="Name">Its name.</param>
public readonly record struct ObjectKey(string? Namespace, string Name)
{
    /// <summary>The key of an object; null when it has no name, which the server never sends.</summary>
    public static ObjectKey? Of(IKubernetesObject item) =>
        item.Metadata.Name is { Length: > 0 } name ? new ObjectKey(item.Metadata.Namespace, name) : null;

    /// <summary><c>namespace/name</c>, or the name alone.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
