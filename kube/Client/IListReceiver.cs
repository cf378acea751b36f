// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// Takes the objects of a list one by one while it is read, so that a list of large objects never stands in memory as a whole
/// when only parts of the objects are kept. Called by one reader, one call at a time.
/// </summary>
/// <typeparam name="T">Type of the objects.</typeparam>
public interface IListReceiver<in T>
    where T : class, IKubernetesObject
{
    /// <summary>What was given so far does not count: the list is read anew from its start.</summary>
    void Restart();

    /// <summary>The next object; it always has metadata.</summary>
    void Add(T item);

    /// <summary>An object that exists and cannot be read.</summary>
    /// <param name="key">Which one; null when not even that can be read.</param>
    void Skip(ObjectKey? key);
}
