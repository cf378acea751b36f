// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>A prefix that lies behind one peer and that the device gives to another.</summary>
/// <param name="Owner">The entry of the node that has the prefix.</param>
/// <param name="Thief">The entry that owns it.</param>
/// <param name="StolenAs">The thief's prefix.</param>
/// <param name="Restore">The prefix that the owner's entry should have.</param>
/// <param name="Confidence">0 to 1.</param>
internal sealed record StolenPrefix(PeerView Owner, PeerView Thief, IpPrefix StolenAs, IpPrefix Restore, double Confidence);

/// <summary>Finds stolen prefixes: equal or wider ones that moved away, and ones nested inside the owner's.</summary>
internal static class OverlapAnalysis
{
    public static IEnumerable<StolenPrefix> Find(MeshModel mesh)
    {
        foreach (var entry in mesh.Peers)
        {
            if (entry.Remote is null || entry.Reverse is null) continue;
            foreach (var owned in entry.Remote.Owned)
            {
                if (entry.Device.Namespace.LocalNetworks.Exists(local => local.Prefix.Overlaps(owned.Prefix))) continue;
                var stolen = entry.Device.Cryptokey.Owner(owned.Prefix) is { } owner && owner.Peer != entry
                    ? Moved(mesh, entry, owned, owner.Prefix, owner.Peer)
                    : Nested(entry, owned);
                if (stolen is not null) yield return stolen;
            }
        }
    }

    private static StolenPrefix? Moved(MeshModel mesh, PeerView entry, OwnedPrefix owned, IpPrefix stolenAs, PeerView thief)
    {
        var restore = GapAnalysis.AsOthersHaveIt(entry, owned.Prefix);
        // A wider prefix elsewhere is a relay or a default; only an equal or narrower one can have pushed the right one out.
        if (stolenAs.Length < restore.Length || Relay.MayCarry(entry.Device, thief, owned.Prefix) || OthersDoTheSame(entry, thief, owned.Prefix)) return null;
        var agreed = owned.Holders > 0;
        // An unobserved peer with a living session may be a relay or the second gateway of a site.
        if (thief.Remote is null && (Session.State(thief, mesh.Thresholds) == SessionState.Fresh || (!agreed && thief.Fact.LastHandshake is not null))) return null;
        if (!agreed && !entry.Device.HasRouteFor(owned.Prefix)) return null;
        return new StolenPrefix(entry, thief, stolenAs, restore, agreed ? 0.96 : 0.85);
    }

    // A part of the owner's network given to a peer that does not have it. Single addresses move between nodes in some designs (Calico).
    private static StolenPrefix? Nested(PeerView entry, OwnedPrefix owned)
    {
        foreach (var (prefix, thief) in entry.Device.Cryptokey.Inside(owned.Prefix))
        {
            if (thief == entry || prefix.IsHost || Relay.MayCarry(entry.Device, thief, prefix) || OthersDoTheSame(entry, thief, prefix)) continue;
            if (thief.Remote is null && thief.Fact.LastHandshake is not null) continue;
            return new StolenPrefix(entry, thief, prefix, GapAnalysis.AsOthersHaveIt(entry, owned.Prefix), owned.Holders > 0 ? 0.85 : 0.75);
        }

        return null;
    }

    // Another node of the mesh gives the prefix to the same peer: somebody wants it so.
    private static bool OthersDoTheSame(PeerView entry, PeerView thief, IpPrefix prefix) => thief.Remote is { } remote
        ? remote.HeldBy.Any(other => other.Device != entry.Device && other.Device.Cryptokey.Owner(prefix) is { } owner && owner.Peer == other)
        : entry.Remote!.HeldBy.Any(other => other.Device != entry.Device && other.Device.PeerByKey(thief.Key) is { } same
            && other.Device.Cryptokey.Owner(prefix) is { } owner && owner.Peer == same);
}
