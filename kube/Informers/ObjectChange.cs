// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>One change of the cache. An object that was replaced under its name arrives as its deletion and then the new one.</summary>
/// <typeparam name="T">Type of the objects, which are read-only.</typeparam>
public sealed record ObjectChange<T>
    where T : class, IKubernetesObject
{
    public required ObjectKey Key { get; init; }

    /// <summary>What the cache held; null when the object is new to it.</summary>
    public T? Old { get; init; }

    /// <summary>What the cache holds now; null when the object is gone.</summary>
    public T? New { get; init; }

    /// <summary>
    /// The deletion was not seen but concluded from a list: <see cref="Old"/> may be older than the object's last state.
    /// </summary>
    public bool FinalStateUnknown { get; init; }
}
