// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>
/// Compares the digests of each mesh and gives tunnels that one end lists and the other only counts their second end. Linear: each device is
/// compared once with its mesh, and gets no more entries than others list about it.
/// </summary>
internal static class DigestLinker
{
    /// <summary>Of a device that lacks most of a mesh, so many of those who know it are looked at one by one.</summary>
    private const int MissingLimit = 256;

    public static void Link(IReadOnlyList<DeviceView> devices, AddressIndex addresses)
    {
        foreach (var group in devices.GroupBy(device => device.MeshId))
        {
            var mesh = group.ToList();
            if (!mesh.Exists(device => device.Unlisted is not null)) continue;
            var roster = new MeshRoster(mesh);
            foreach (var device in mesh) roster.Compare(device);
            var byKey = mesh.Where(device => device.Key is not null).ToLookup(device => device.Key!, StringComparer.Ordinal);
            var orphans = Orphans(mesh, addresses);
            foreach (var device in mesh) AddSecondEnds(device, roster);
            foreach (var device in mesh) AddOneSided(device, roster, byKey, orphans);
        }
    }

    // The other end lists this tunnel and counts it here.
    private static void AddSecondEnds(DeviceView device, MeshRoster roster)
    {
        foreach (var peer in device.Peers)
        {
            if (peer.Remote is { Unlisted: not null } remote && device.Key is { } key && remote.PeerByKey(key) is null && remote.Holds(key) == true)
                remote.AddCounted(key, Fact(remote, key, roster.UsualEntry(key))).LinkTo(device);
        }
    }

    // Who has an entry for this device, but only counts it, and is unknown here.
    private static void AddOneSided(DeviceView device, MeshRoster roster, ILookup<string, DeviceView> byKey, ILookup<DeviceView, PeerView> orphans)
    {
        if (device.Key is not { } own || !device.PeersComplete) return;
        var missing = device.Unlisted is { } unlisted
            ? unlisted.Missing ?? []
            : roster.Keys.Keys.Where(key => key != own && device.PeerByKey(key) is null);
        foreach (var key in missing.Take(MissingLimit))
        {
            if (byKey[key].Take(2).ToList() is not [var absent] || absent == device) continue;
            if (absent.Unlisted is not null && absent.PeerByKey(own) is null && absent.Holds(own) == true)
                absent.AddCounted(own, Fact(absent, own, roster.UsualEntry(own))).LinkTo(device);
            AddOrphans(device, orphans[absent]);
        }
    }

    // Keys under which other nodes still know the absent device.
    private static void AddOrphans(DeviceView device, IEnumerable<PeerView> known)
    {
        if (device.Unlisted is null) return;
        foreach (var orphan in known)
        {
            if (device.PeerByKey(orphan.Key) is null && device.Holds(orphan.Key) == true) device.AddCounted(orphan.Key, Fact(device, orphan.Key, orphan));
        }
    }

    private static ILookup<DeviceView, PeerView> Orphans(List<DeviceView> mesh, AddressIndex addresses) => mesh
        .SelectMany(device => device.Peers)
        .Where(peer => !peer.KeyIsKnown && peer.AllowedIps.Count > 0)
        .DistinctBy(peer => peer.Key)
        .Select(peer => (Target: addresses.ListenerAt(peer), peer))
        .Where(item => item.Target is not null)
        .ToLookup(item => item.Target!, item => item.peer);

    private static WireGuardPeerFact Fact(DeviceView device, string key, PeerView? usual)
    {
        var unlisted = device.Unlisted!;
        Counter quiet = new(0, unlisted.AreQuiet ? 0 : null);
        return new WireGuardPeerFact
        {
            PublicKey = key,
            Endpoint = usual?.Endpoint,
            AllowedIps = usual is null || unlisted.Differs(key) ? [] : usual.AllowedIps,
            LastHandshake = unlisted.Totals.Healthy > 0 ? device.Node.Facts.At : null,
            Received = quiet,
            Sent = quiet,
        };
    }
}
