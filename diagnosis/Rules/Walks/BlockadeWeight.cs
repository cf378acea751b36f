// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Netfilter.Owners;

namespace KubeWgDiag.Diagnosis.Rules.Walks;

/// <summary>How bad a blockade is and how sure; null where nobody is known to want what it keeps back.</summary>
internal readonly record struct BlockadeWeight(Severity Severity, double Confidence)
{
    public static BlockadeWeight? Of(Blockade blockade, Severity worst) => blockade.Suspected ? Suspected(blockade, worst) : blockade.Way switch
    {
        BlockedWay.Outer => Outer(blockade, worst),
        BlockedWay.Forwarded => Forwarded(blockade, worst),
        BlockedWay.Transit => Transit(blockade, worst),
        _ => Host(blockade, worst),
    };

    // A session that lives contradicts a walk: packets then come another way than the one that was walked, or entries of connections carry it.
    private static BlockadeWeight Outer(Blockade blockade, Severity worst)
    {
        var peers = blockade.Peers;
        var broken = peers.Where(peer => !LooksFresh(peer) || IsStarved(peer, blockade.Inbound)).ToList();
        if (peers.Count > 0 && broken.Count == 0) return new(Severity.Info, blockade.Full ? 0.3 : 0.5);
        var wanted = broken.Exists(peer => Session.Tries(peer) || IsStarved(peer, blockade.Inbound) || (peer.Reverse is { } other && Session.Tries(other)));
        if (blockade.Full) return new(worst, wanted ? blockade.Grew ? 0.97 : 0.93 : 0.8);
        // Closed to who speaks first, open to answers: so are clients that only ever call.
        var called = broken.Exists(peer => peer.Reverse is { } other && Session.Tries(other)) || (blockade.Outbound && broken.Exists(Session.Tries));
        return called ? new(worst, blockade.Grew ? 0.9 : 0.8) : new(Severity.Info, 0.5);
    }

    // A session looks young for three minutes after its packets began to end here: the one end sends, and nothing at all gets to the other.
    private static bool IsStarved(PeerView peer, bool inbound) => peer.Reverse is { } other && (inbound
        ? peer.Fact.Received.Growth == 0 && Traffic.IsData(other.Fact.Sent, other)
        : other.Fact.Received.Growth == 0 && Traffic.IsData(peer.Fact.Sent, peer));

    private static bool LooksFresh(PeerView peer) => Session.State(peer, Usual) == SessionState.Fresh;

    private static readonly Thresholds Usual = new();

    // A counter that grows tells only that something is dropped. It must be the tunnel's packets: a good part of what the tunnel delivers, and as much less comes back;
    // or a session that is tried in vain.
    private static BlockadeWeight? Suspected(Blockade blockade, Severity worst)
    {
        if (blockade.Growth is not { } dropped) return null;
        var wanted = blockade.Peers.Where(peer => !LooksFresh(peer) && (Session.Tries(peer) || (peer.Reverse is { } other && Session.Tries(other)))).ToList();
        if (blockade.Way == BlockedWay.Outer) return wanted.Count > 0 && dropped <= (ulong)(MostTries * wanted.Count) ? new(worst, 0.75) : null;
        if (blockade.Device.Link?.Counters is not { RxPackets.Growth: { } came, TxPackets.Growth: { } went } || dropped < LeastDropped) return null;
        if (blockade.Way != BlockedWay.Forwarded || !blockade.Inbound || blockade.Device.HeldBy.Count == 0) return null;
        return dropped <= came + 1 && dropped >= came * LeastShare && went + (dropped / 2.0) <= came ? new(Severity.Error, 0.75) : null;
    }

    private const ulong LeastDropped = 4;
    private const double LeastShare = 0.2;

    /// <summary>Handshakes are tried every five seconds from either end; more than this in a window is somebody else's traffic.</summary>
    private const int MostTries = 30;

    // An entry that lost its AllowedIPs is a fault of its own, and no sign that nobody wants what lies behind this node.
    private static bool OwnsNothing(PeerView entry) => entry.AllowedIps.Count == 0 && entry.Reverse is not null;

    private static BlockadeWeight? Forwarded(Blockade blockade, Severity worst)
    {
        var device = blockade.Device;
        var locals = blockade.Locals;
        var observed = device.HeldBy.Count > 0;
        var served = device.HeldBy.Exists(entry => OwnsNothing(entry) || entry.AllowedIps.Any(prefix => !prefix.IsDefault && locals.Any(local => prefix.Overlaps(local))));
        if (observed && !served) return null;
        var pods = device.Namespace.LocalNetworks.Exists(local => locals.Contains(local.Prefix) && device.Namespace.LinkByIndex(local.Link)?.Kind is "bridge" or "veth");
        // Network policies keep back what people told them to.
        if (blockade.Rule.OwnerKind == RuleOwnerKind.Cni) return blockade.Grew && served ? new(Severity.Warning, 0.7) : new(Severity.Info, 0.5);
        if (!served) return pods && blockade is { Full: true, Grew: true } ? new(Severity.Warning, 0.6) : new(Severity.Info, 0.4);
        if (blockade.Full) return new(worst, blockade.Grew ? 0.96 : 0.88);
        if (pods && blockade.Growth is null or > 0) return new(Severity.Warning, blockade.Grew ? 0.7 : 0.55);
        return new(Severity.Info, 0.5);
    }

    private static BlockadeWeight? Transit(Blockade blockade, Severity worst)
    {
        var wanted = blockade.Walks.Any(walk => walk.Packet is { } packet
            && blockade.Device.HeldBy.Exists(entry => entry.AllowedIps.Any(prefix => !prefix.IsDefault && prefix.Contains(packet.Destination))));
        // Both directions between two peers are the same purpose, so a rule that stops new connections stops those of both.
        var full = blockade.Full || blockade.Walks.Any(walk => walk.States.Contains(WalkState.New));
        return wanted && full ? new(worst, blockade.Grew ? 0.93 : 0.8) : wanted ? new(Severity.Info, 0.5) : null;
    }

    private static BlockadeWeight? Host(Blockade blockade, Severity worst)
    {
        var device = blockade.Device;
        var observed = device.HeldBy.Count > 0;
        var own = device.Addresses(blockade.Family).Select(address => address.Address).ToList();
        var served = device.HeldBy.Exists(entry => OwnsNothing(entry) || entry.AllowedIps.Any(prefix => !prefix.IsDefault && own.Exists(prefix.Contains)));
        if (observed && !served) return null;
        if (!blockade.Full) return new(Severity.Info, 0.5);
        if (!served) return blockade.Grew ? new(Severity.Warning, 0.6) : new(Severity.Info, 0.4);
        return new(worst > Severity.Error ? Severity.Error : worst, blockade.Grew ? 0.93 : 0.85);
    }
}
