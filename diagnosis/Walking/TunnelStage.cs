// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>What WireGuard does with a packet: cryptokey routing out and in (wireguard.com, "Cryptokey Routing").</summary>
internal sealed class TunnelStage(WalkNamespace space, WalkLog log, DateTimeOffset? now)
{
    private const byte Udp = 17;

    /// <summary>REJECT_AFTER_TIME of the WireGuard paper, section 6.1: a session older than this carries nothing.</summary>
    private static readonly TimeSpan SessionLife = TimeSpan.FromSeconds(180);

    /// <summary>The packet around the packet; null when it does not leave, which is noted.</summary>
    public FilterPacket? Encapsulate(WireGuardDeviceFact device, FilterPacket inner)
    {
        if (Owner(device, inner.Destination) is not var (peer, prefix))
        {
            log.Drop(space, WalkStage.Tunnel, $"{device.Name} has no peer with {inner.Destination} in its AllowedIPs", kind: WalkStopKind.NoPeer);
            return null;
        }

        var by = $"AllowedIPs {prefix} of peer {peer.PublicKey}";
        if (peer.Endpoint is not { } endpoint)
        {
            log.Drop(space, WalkStage.Tunnel, $"{device.Name}: the peer has no endpoint", by, kind: WalkStopKind.NoEndpoint);
            return null;
        }

        var age = now is { } time && peer.LastHandshake is { } handshake ? time - handshake : (TimeSpan?)null;
        var session = peer.LastHandshake is null ? "no handshake yet"
            : age is null ? "handshake of unknown age"
            : string.Create(CultureInfo.InvariantCulture, $"handshake {Math.Max(0, Math.Round(age.Value.TotalSeconds))} s ago");
        log.Note(space, WalkStage.Tunnel, WalkOutcome.Passed, $"{device.Name} encrypts it for the peer at {endpoint} ({session})", by);
        return new FilterPacket
        {
            // Replaced by the kernel's choice.
            Source = endpoint.Address,
            Destination = endpoint.Address,
            Protocol = Udp,
            SourcePort = device.ListenPort == 0 ? null : device.ListenPort,
            DestinationPort = endpoint.Port,
            Mark = device.FirewallMark,
            Conntrack = new PacketConntrack { State = age <= SessionLife ? ConntrackState.Established : ConntrackState.New },
        };
    }

    /// <summary>True when the session with a peer can carry packets now.</summary>
    public static bool IsAlive(WireGuardPeerFact peer, DateTimeOffset? now) => now - peer.LastHandshake <= SessionLife;

    /// <summary>False when no peer may send from this source: WireGuard drops what it decrypted.</summary>
    public bool Decapsulate(WireGuardDeviceFact device, FilterPacket inner)
    {
        if (Owner(device, inner.Source) is var (peer, prefix))
        {
            log.Note(space, WalkStage.Decapsulation, WalkOutcome.Passed, $"comes out of {device.Name}", $"AllowedIPs {prefix} of peer {peer.PublicKey}");
            return true;
        }

        log.Drop(space, WalkStage.Decapsulation, $"{device.Name} has no peer with {inner.Source} in its AllowedIPs, and drops what comes from there", kind: WalkStopKind.NoPeer);
        return false;
    }

    /// <summary>The peer whose AllowedIPs have the longest prefix with the address; null when none has it.</summary>
    public static (WireGuardPeerFact Peer, IpPrefix Prefix)? Owner(WireGuardDeviceFact device, IpAddr address)
    {
        (WireGuardPeerFact Peer, IpPrefix Prefix)? best = null;
        foreach (var peer in device.Peers)
        {
            foreach (var prefix in peer.AllowedIps)
            {
                if (prefix.Contains(address) && (best is not { } found || prefix.Length > found.Prefix.Length)) best = (peer, prefix);
            }
        }

        return best;
    }
}
