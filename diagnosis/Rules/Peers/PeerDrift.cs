// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Peers;

/// <summary>An observed device that the holder should know by its present key, and does not.</summary>
/// <param name="Asked">The absent device's entry for the holder; null when it has none.</param>
/// <param name="Stale">The holder's entry under a key that nobody observed has, meant for the absent device; null when it has none at all.</param>
/// <param name="Evidence">How the stale entry was recognised.</param>
internal sealed record AbsentPeer(PeerView? Asked, PeerView? Stale, string Evidence);

/// <summary>Finds pairs in which one side does not know the other's present key: nothing there (missing) or an old key (drift).</summary>
internal static class PeerDrift
{
    public static IEnumerable<Pair<AbsentPeer>> Find(MeshModel mesh)
    {
        foreach (var holder in mesh.Devices.Where(device => device.PeersComplete))
        {
            // Entries without AllowedIPs are what Flannel leaves behind after a key change; they carry nothing.
            var orphans = holder.Entries.Where(peer => !peer.KeyIsKnown && peer.AllowedIps.Count > 0).ToList();
            var found = new HashSet<DeviceView>();
            foreach (var asked in holder.HeldBy)
            {
                if (asked.Device.Key is null || asked.AllowedIps.Count == 0 || holder.Holds(asked.Device.Key) != false) continue;
                if (holder.Key is null || Contradicted(asked, mesh) || !found.Add(asked.Device)) continue;
                var (stale, why) = StaleEntry(mesh, orphans, asked.Device, mutual: true);
                yield return new Pair<AbsentPeer>(holder, asked.Device, new AbsentPeer(asked, stale, why));
            }

            foreach (var orphan in orphans)
            {
                // Seen from this side only: the other end has no entry for the holder (or a drifted one).
                if (mesh.Addresses.ListenerAt(orphan) is not { Key: not null } target || target == holder || !found.Add(target)) continue;
                if (holder.Holds(target.Key) != false || Session.State(orphan, mesh.Thresholds) == SessionState.Fresh && orphan.Fact.Received.Grew) continue;
                yield return new Pair<AbsentPeer>(holder, target, new AbsentPeer(null, orphan, EndpointMatches(orphan)));
            }
        }
    }

    // The absent side is heard from now: its entry was read before or after a change, the next run will tell.
    private static bool Contradicted(PeerView asked, MeshModel mesh) =>
        Session.State(asked, mesh.Thresholds) == SessionState.Fresh && asked.Fact.Received.Grew;

    private static (PeerView? Entry, string Why) StaleEntry(MeshModel mesh, List<PeerView> orphans, DeviceView absent, bool mutual)
    {
        if (orphans.Find(orphan => mesh.Addresses.ListenerAt(orphan) == absent) is { } byEndpoint) return (byEndpoint, EndpointMatches(byEndpoint));
        if (!mutual) return (null, "");
        var owned = absent.HeldBy.SelectMany(entry => entry.AllowedIps).Concat(absent.Owned.Select(own => own.Prefix))
            .Where(prefix => !prefix.IsDefault).ToHashSet();
        var byPrefix = orphans.Find(orphan => orphan.AllowedIps.Any(owned.Contains))
            ?? orphans.Find(orphan => absent.Owned.Any(own => orphan.AllowedIps.Any(prefix => !prefix.IsDefault && prefix.Overlaps(own.Prefix))));
        return (byPrefix, byPrefix is null ? "" : $"its AllowedIPs {DisplayText.Join(byPrefix.AllowedIps)} belong to {absent.Node.Name}");
    }

    private static string EndpointMatches(PeerView orphan) => $"its endpoint {orphan.Endpoint} is this device's socket";
}
