// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Keeps a list as it comes.</summary>
internal sealed class ListCollector<T> : IListReceiver<T>
    where T : class, IKubernetesObject
{
    private readonly List<T> _items = [];

    public IReadOnlyList<T> Items => _items;

    public int Skipped { get; private set; }

    public void Restart()
    {
        _items.Clear();
        Skipped = 0;
    }

    public void Add(T item) => _items.Add(item);

    public void Skip(ObjectKey? key) => Skipped++;
}
