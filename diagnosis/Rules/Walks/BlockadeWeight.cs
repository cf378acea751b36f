// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Netfilter.Owners;

namespace KubeWgDiag.Diagnosis.Rules.Walks;

/// <summary>How bad a blockade is and how sure; null where nobody is known to want what it keeps back.</summary>
internal readonly record struct BlockadeWeight(Severity Severity, double Confidence)
{
    public static BlockadeWeight? Of(Blockade blockade, Severity worst) => blockade.Way switch
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
        var broken = peers.Where(peer => !LooksFresh(peer)).ToList();
        if (peers.Count > 0 && broken.Count == 0) return new(Severity.Info, blockade.Full ? 0.3 : 0.5);
        var wanted = broken.Exists(peer => Session.Tries(peer) || (peer.Reverse is { } other && Session.Tries(other)));
        if (blockade.Full) return new(worst, wanted ? blockade.Grew ? 0.97 : 0.93 : 0.8);
        // Closed to who speaks first, open to answers: so are clients that only ever call.
        var called = broken.Exists(peer => peer.Reverse is { } other && Session.Tries(other)) || (blockade.Outbound && broken.Exists(Session.Tries));
        return called ? new(worst, blockade.Grew ? 0.9 : 0.8) : new(Severity.Info, 0.5);
    }

    private static bool LooksFresh(PeerView peer) => Session.State(peer, Usual) == SessionState.Fresh;

    private static readonly Thresholds Usual = new();

    private static BlockadeWeight? Forwarded(Blockade blockade, Severity worst)
    {
        var device = blockade.Device;
        var locals = blockade.Locals;
        var observed = device.HeldBy.Count > 0;
        var served = device.HeldBy.Exists(entry => entry.AllowedIps.Any(prefix => !prefix.IsDefault && locals.Any(local => prefix.Overlaps(local))));
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
        var served = device.HeldBy.Exists(entry => entry.AllowedIps.Any(prefix => !prefix.IsDefault && own.Exists(prefix.Contains)));
        if (observed && !served) return null;
        if (!blockade.Full) return new(Severity.Info, 0.5);
        if (!served) return blockade.Grew ? new(Severity.Warning, 0.6) : new(Severity.Info, 0.4);
        return new(worst > Severity.Error ? Severity.Error : worst, blockade.Grew ? 0.93 : 0.85);
    }
}
