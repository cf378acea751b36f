// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>Where a reflector puts what it reads, trimmed already; called by one reflector, one call at a time.</summary>
internal interface IReflectorSink<T>
    where T : class, IKubernetesObject
{
    /// <summary>This is everything that exists.</summary>
    void Replace(Snapshot<T> all);

    /// <summary>This object was added or changed.</summary>
    void Set(ObjectKey key, T item);

    /// <summary>This object was deleted.</summary>
    /// <param name="key">Which one.</param>
    /// <param name="lastState">Its last state; null when it could not be read.</param>
    void Remove(ObjectKey key, T? lastState);
}
