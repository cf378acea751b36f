// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Finds the device at the other end of every peer entry by its public key.</summary>
internal static class PeerLinker
{
    public static void Link(IReadOnlyList<DeviceView> devices, AddressIndex addresses)
    {
        var owners = new Dictionary<string, DeviceView>(devices.Count, StringComparer.Ordinal);
        // Keys that more than one device has.
        var shared = new Dictionary<string, List<DeviceView>>(StringComparer.Ordinal);
        foreach (var device in devices)
        {
            if (device.Key is not { } key || owners.TryAdd(key, device)) continue;
            if (shared.TryGetValue(key, out var all)) all.Add(device);
            else shared.Add(key, [owners[key], device]);
        }

        foreach (var peer in devices.SelectMany(device => device.Peers))
        {
            if (shared.TryGetValue(peer.Key, out var all)) LinkToOneOf(all.FindAll(device => device != peer.Device), peer, addresses);
            else if (owners.TryGetValue(peer.Key, out var owner) && owner != peer.Device) peer.LinkTo(owner);
        }
    }

    private static void LinkToOneOf(List<DeviceView> candidates, PeerView peer, AddressIndex addresses)
    {
        peer.KeyIsKnown = candidates.Count > 0;
        if ((candidates.Count == 1 ? candidates[0] : ByEndpoint(peer, candidates, addresses)) is { } remote) peer.LinkTo(remote);
    }

    // Two devices with one key: only the endpoint can say which of them is meant.
    private static DeviceView? ByEndpoint(PeerView peer, List<DeviceView> candidates, AddressIndex addresses)
    {
        if (candidates.Count == 0 || peer.Endpoint is not { } endpoint) return null;
        var owner = addresses.OwnerOf(endpoint.Address);
        var matching = candidates.Where(device => owner is not null && device.Namespace == owner).ToList();
        return matching.Count == 1 ? matching[0] : null;
    }
}
