// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>Where a reflector puts what it reads; called by one reflector, one call at a time.</summary>
internal interface IReflectorSink<in T>
    where T : class, IKubernetesObject
{
    /// <summary>This is everything that exists.</summary>
    void Replace(IReadOnlyList<T> items);

    /// <summary>This object was added or changed.</summary>
    void Set(T item);

    /// <summary>This object was deleted; this is its last state.</summary>
    void Remove(T item);
}
