// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>Tells a peer that takes packets further from one that only got a prefix by mistake.</summary>
internal static class Relay
{
    /// <summary>True when the peer was observed and has the prefix itself, or is on the way to it: a second home, a hub.</summary>
    public static bool MayCarry(DeviceView sender, PeerView entry, IpPrefix prefix) => entry.Remote is { } remote
        && (remote.Namespace.LocalNetworks.Exists(local => local.Prefix.Overlaps(prefix))
            || remote.Owned.Exists(own => own.Prefix.Overlaps(prefix))
            || (remote.Cryptokey.Owner(prefix) is { } onward && SendsOn(sender, remote, onward.Peer, prefix)));

    // In a full mesh everyone could send everything on, but the next node takes the sender's packets from the sender alone. Behind a relay it
    // takes them from the relay; what was not observed may.
    private static bool SendsOn(DeviceView sender, DeviceView relay, PeerView onward, IpPrefix prefix) => onward.Remote is not { } next
        || sender.Owned.Where(own => own.Prefix.Family == prefix.Family)
            .Any(own => next.Cryptokey.Owner(own.Prefix) is { } accepted && accepted.Peer.Remote == relay);
}
