// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>What every object passes on its way into the cache, once.</summary>
internal sealed class ObjectIntake<T>(InformerOptions<T> options, string name)
    where T : class, IKubernetesObject
{
    /// <summary>Null for an object without a name, which no server sends.</summary>
    public static ObjectKey? KeyOf(T item) => ObjectKey.Of(item);

    /// <summary>The part that is kept; null when the transform cannot cope with the object.</summary>
    public T? Trim(T item)
    {
        if (options.Transform is not { } transform) return item;
        try
        {
            return transform(item);
        }
        catch (Exception e)
        {
            // One object that a transform does not expect must not stop the cache of all the others.
            options.Log?.Invoke(KubeLogLevel.Error, $"{name}: {ObjectKey.Of(item)} cannot be trimmed and is skipped", e);
            return null;
        }
    }
}
