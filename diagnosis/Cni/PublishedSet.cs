// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>What all nodes publish of one kind of device, by key as well.</summary>
internal sealed class PublishedSet
{
    private readonly List<PublishedDevice> _all = [];
    private readonly Dictionary<string, List<PublishedDevice>> _byKey = new(StringComparer.Ordinal);

    public static PublishedSet Empty { get; } = new();

    public IReadOnlyList<PublishedDevice> All => _all;

    /// <summary>True when some node publishes something that is no key, so that nobody knows whose an unknown peer is.</summary>
    public bool HasUnreadable { get; private set; }

    public void Add(PublishedDevice device)
    {
        _all.Add(device);
        HasUnreadable |= device.Key is null && !device.IsNone;
        if (device.Key is not { } key) return;
        if (!_byKey.TryGetValue(key, out var list)) _byKey[key] = list = [];
        list.Add(device);
    }

    /// <summary>All that publish the key.</summary>
    public IReadOnlyList<PublishedDevice> Of(string key) => _byKey.TryGetValue(key, out var list) ? list : [];
}
