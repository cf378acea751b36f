// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>
/// Compares, for every pair of peers of one another, what lies behind the one with what the other has in AllowedIPs for it. What another peer
/// owns instead is an overlap and is left to that rule.
/// </summary>
internal static class GapAnalysis
{
    public static IEnumerable<AllowedIpsGap> Find(MeshModel mesh)
    {
        foreach (var entry in mesh.Peers)
        {
            if (entry.Remote is not { } target || !target.Owned.Exists(owned => IsLackedBySomeone(target, owned))) continue;
            if (entry.Reverse is null || !entry.Device.PeersComplete) continue;
            var missing = target.Owned
                .Where(owned => IsLackedBySomeone(target, owned) && IsOpen(entry, owned.Prefix))
                .Select(owned => (owned.Prefix, Why: GapExpectation.For(entry, owned)))
                .Where(item => item.Why is not null)
                .ToList();
            if (missing.Count == 0) continue;
            var prefixes = PrefixMath.WithoutNested(missing.Select(item => AsOthersHaveIt(entry, item.Prefix)));
            var best = missing.MaxBy(item => item.Why!.Value.Confidence).Why!.Value;
            yield return new AllowedIpsGap(entry, prefixes, Direction(entry), best.Confidence, best.Because);
        }
    }

    /// <summary>The prefix in which the other nodes have the owned one; the owned one itself where no other node has it.</summary>
    public static IpPrefix AsOthersHaveIt(PeerView entry, IpPrefix owned)
    {
        const int Sample = 32;
        return entry.Remote!.HeldBy
            .Where(other => other != entry)
            .Take(Sample)
            .Select(other => (other, Owner: other.Device.Cryptokey.Owner(owned)))
            .Where(item => item.Owner is { } owner && owner.Peer == item.other && !owner.Prefix.IsDefault)
            .GroupBy(item => item.Owner!.Value.Prefix)
            .OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key.Length)
            .Select(group => group.Key)
            .FirstOrDefault(owned);
    }

    private static bool IsLackedBySomeone(DeviceView target, OwnedPrefix owned) => owned.Holders < target.HeldBy.Count;

    // Nobody owns it, or only a catch-all does; not what the holder has on its own links.
    private static bool IsOpen(PeerView entry, IpPrefix owned)
    {
        if (entry.Covers(owned) || entry.Device.Namespace.LocalNetworks.Exists(local => local.Prefix.Overlaps(owned))) return false;
        if (entry.Device.Cryptokey.Owner(owned) is not { } owner) return true;
        // A peer with a wider prefix that takes the packets further is a relay; one that nobody observed may be.
        return owner.Prefix.Length < AsOthersHaveIt(entry, owned).Length
            && owner.Peer.Remote is not null
            && !Relay.MayCarry(entry.Device, owner.Peer, owned);
    }

    private static GapDirection Direction(PeerView entry)
    {
        var drops = Drops.Of(entry.Device);
        var sends = entry.Reverse!.Fact.Sent.Growth is null || Traffic.IsData(entry.Reverse.Fact.Sent, entry.Reverse);
        if (sends && drops.Inbound > drops.Outbound) return GapDirection.Inbound;
        return drops.Outbound > 0 || entry.Remote!.Owned.Exists(owned => !entry.Covers(owned.Prefix) && entry.Device.HasRouteFor(owned.Prefix))
            ? GapDirection.Outbound
            : GapDirection.Inbound;
    }
}
