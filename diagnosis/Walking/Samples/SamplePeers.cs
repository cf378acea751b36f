// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>Chooses the peers whose packets are walked, and addresses behind them.</summary>
internal static class SamplePeers
{
    /// <summary>Addresses that stand for the world behind a default prefix: public resolvers, which no firewall takes for bogus.</summary>
    private static readonly IpAddr World4 = IpAddr.Parse("9.9.9.9"), World6 = IpAddr.Parse("2620:fe::fe");

    private static readonly Thresholds Usual = new();

    /// <summary>Those without a living session first.</summary>
    public static IReadOnlyList<PeerView> Of(DeviceView device, int limit) =>
        [.. device.Peers.OrderBy(peer => Session.State(peer, Usual) == SessionState.Fresh ? 1 : 0).ThenBy(peer => peer.Key, StringComparer.Ordinal).Take(limit)];

    public static IpAddr World(IpFamily family) => family == IpFamily.IPv4 ? World4 : World6;

    /// <summary>An address that belongs to a peer; null when it has none of the family that can be used.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="family">The family.</param>
    /// <param name="node">The other end itself (a host prefix) rather than what is behind it.</param>
    public static IpAddr? Address(PeerView peer, IpFamily family, bool node)
    {
        var prefixes = peer.AllowedIps.Where(prefix => prefix.Family == family && !prefix.Network.IsLinkLocal && !prefix.Network.IsMulticast);
        foreach (var prefix in prefixes.OrderBy(prefix => prefix.IsDefault).ThenBy(prefix => prefix.IsHost != node).ThenBy(prefix => prefix, PrefixOrder.Instance))
        {
            if (Inside(peer, prefix) is { } address) return address;
        }

        return null;
    }

    private static IpAddr? Inside(PeerView peer, IpPrefix prefix)
    {
        if (prefix.IsDefault) return Belongs(peer, World(prefix.Family)) ? World(prefix.Family) : null;
        if (prefix.IsHost) return Belongs(peer, prefix.Network) ? prefix.Network : null;
        foreach (var offset in new UInt128[] { 1, 2, 3, 10, 100 })
        {
            var address = IpAddr.FromBits(prefix.Family, prefix.Network.Bits + offset);
            if (prefix.Contains(address) && Belongs(peer, address)) return address;
        }

        return null;
    }

    // Node encryption puts underlay addresses into AllowedIPs, with ways of its own to route them.
    private static bool Belongs(PeerView peer, IpAddr address) =>
        peer.Device.Cryptokey.Owner(IpPrefix.Host(address)) is { } owner && owner.Peer == peer
        && !peer.Device.Namespace.Addresses.Any(own => own.Address == address)
        && !peer.Device.Peers.Any(other => other.Endpoint?.Address == address);
}
