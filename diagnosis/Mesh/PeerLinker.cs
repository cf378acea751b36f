// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Finds the device at the other end of every peer entry by its public key.</summary>
internal static class PeerLinker
{
    public static void Link(IReadOnlyList<DeviceView> devices, AddressIndex addresses)
    {
        var byKey = devices.Where(device => device.Key is not null).ToLookup(device => device.Key!);
        foreach (var peer in devices.SelectMany(device => device.Peers))
        {
            var candidates = byKey[peer.Key].Where(device => device != peer.Device).ToList();
            peer.KeyIsKnown = candidates.Count > 0;
            peer.Remote = candidates.Count == 1 ? candidates[0] : ByEndpoint(peer, candidates, addresses);
            peer.Remote?.HeldBy.Add(peer);
        }
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
