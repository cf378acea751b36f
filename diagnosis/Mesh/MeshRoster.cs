// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Peers;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>
/// What the nodes of one mesh agree on: which keys there are, and what a usual entry for each looks like. Against it every digest is compared;
/// no node is compared with every other.
/// </summary>
internal sealed class MeshRoster
{
    /// <summary>
    /// An unobserved key that everyone has is listed by <see cref="PeerHash.Sample"/> nodes on average; by fewer than this with a probability of 0.1 %. One that is listed
    /// by fewer belongs to some nodes alone.
    /// </summary>
    private const int CommonFrom = 6;

    private readonly Dictionary<ulong, string> _keyOf = [];
    private readonly Dictionary<ulong, string> _keyOfEntry = [];
    private readonly Dictionary<string, ulong> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PeerView> _usual = new(StringComparer.Ordinal);
    private readonly PeerSketch _allKeys = new();
    private readonly PeerSketch _allEntries = new();

    public MeshRoster(IReadOnlyList<DeviceView> devices)
    {
        var views = devices.SelectMany(device => device.Peers).ToLookup(peer => peer.Key, StringComparer.Ordinal);
        var observed = devices.Where(device => device.Key is not null).Select(device => device.Key!);
        var common = views.Where(group => group.Skip(CommonFrom - 1).Any()).Select(group => group.Key);
        foreach (var key in observed.Concat(common).Distinct(StringComparer.Ordinal))
        {
            var hash = PeerHash.OfKey(key);
            if (!_keyOf.TryAdd(hash, key)) continue;
            Keys.Add(key, hash);
            _allKeys.Add(hash);
            if (Usual(views[key], hash) is not var (view, entry)) continue;
            _usual.Add(key, view);
            _entries.Add(key, entry);
            _keyOfEntry[entry] = key;
            _allEntries.Add(entry);
        }
    }

    /// <summary>The keys of the mesh with their values.</summary>
    public Dictionary<string, ulong> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>An entry as most nodes have it; null when they do not agree or nobody lists it.</summary>
    public PeerView? UsualEntry(string key) => _usual.GetValueOrDefault(key);

    /// <summary>Compares a device's digest with the mesh.</summary>
    public void Compare(DeviceView device)
    {
        if (device.Unlisted is not { } unlisted || unlisted.ReadKeys() is not { } keys) return;
        var listed = device.Peers.Select(peer => peer.Key).Append(device.Key).OfType<string>().Where(Keys.ContainsKey).ToHashSet(StringComparer.Ordinal);
        var expected = new PeerSketch(_allKeys);
        foreach (var key in listed) expected.Remove(Keys[key]);
        expected.Subtract(keys);
        if (expected.Decode() is not { } difference || !difference.First.All(_keyOf.ContainsKey)) return;
        // A sketch that does not have as many keys as the device says is damaged or made up.
        if (Keys.Count - listed.Count - difference.First.Count + difference.Second.Count != unlisted.Totals.Total) return;
        var missing = difference.First.Select(hash => _keyOf[hash]).ToList();
        if (missing.Exists(listed.Contains)) return;
        unlisted.SetMembership(this, missing, difference.Second);
        CompareEntries(unlisted, [.. listed, .. missing]);
    }

    private void CompareEntries(UnlistedPeers unlisted, HashSet<string> apart)
    {
        if (unlisted.ReadEntries() is not { } entries) return;
        var expected = new PeerSketch(_allEntries);
        foreach (var key in apart)
        {
            if (_entries.TryGetValue(key, out var entry)) expected.Remove(entry);
        }

        expected.Subtract(entries);
        if (expected.Decode() is not { } difference || !difference.First.All(_keyOfEntry.ContainsKey)) return;
        unlisted.SetDifferent(difference.First.Select(entry => _keyOfEntry[entry]).Where(key => !apart.Contains(key)).ToList());
    }

    // Entries that a node lists because they are odd would outvote those it does not list: the sample is asked first.
    private static (PeerView View, ulong Entry)? Usual(IEnumerable<PeerView> views, ulong hash)
    {
        var all = views.ToList();
        var sample = all.FindAll(view => view.Device.IsSample(hash));
        var asked = sample.Count >= 3 ? sample : all;
        var most = asked.GroupBy(view => PeerHash.OfEntry(view.Key, view.AllowedIps)).MaxBy(group => group.Count());
        return most is not null && most.Count() * 2 > asked.Count ? (most.First(), most.Key) : null;
    }
}
