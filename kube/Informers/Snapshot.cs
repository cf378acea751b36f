// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>
/// Everything that exists, while it is being read: the store stays as it is until the reading is whole. Holds trimmed objects
/// only, so that reading anew does not cost more than what is kept.
/// </summary>
internal sealed class Snapshot<T>(ObjectIntake<T> intake) : IListReceiver<T>
    where T : class, IKubernetesObject
{
    private readonly Dictionary<ObjectKey, T> _items = [];
    private readonly HashSet<ObjectKey> _unreadable = [];

    public IReadOnlyCollection<KeyValuePair<ObjectKey, T>> Items => _items;

    /// <summary>Objects that exist and whose state is not known.</summary>
    public IReadOnlyCollection<ObjectKey> Unreadable => _unreadable;

    public void Restart()
    {
        _items.Clear();
        _unreadable.Clear();
    }

    public void Add(T item)
    {
        if (ObjectIntake<T>.KeyOf(item) is not { } key || intake.Trim(item) is not { } trimmed)
        {
            Skip(ObjectKey.Of(item));
            return;
        }

        _unreadable.Remove(key);
        _items[key] = trimmed;
    }

    public void Skip(ObjectKey? key)
    {
        if (key is { } known) _unreadable.Add(known);
    }

    public void Remove(ObjectKey key)
    {
        _items.Remove(key);
        _unreadable.Remove(key);
    }
}
