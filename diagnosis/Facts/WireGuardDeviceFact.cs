// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>A WireGuard device. Private and preshared keys never get here.</summary>
public sealed record WireGuardDeviceFact
{
    public required string Name { get; init; }

    public required WireGuardImplementation Implementation { get; init; }

    /// <summary>Public key, base64 (44 characters); null when the device has no private key.</summary>
    public string? PublicKey { get; init; }

    /// <summary>UDP port it listens on; 0 when it has no socket.</summary>
    public ushort ListenPort { get; init; }

    /// <summary>Mark of the outer packets; 0 = none.</summary>
    public uint FirewallMark { get; init; }

    public IReadOnlyList<WireGuardPeerFact> Peers { get; init; } = [];

    /// <summary>Peers that were left out to fit a size limit. While it is not 0, absence from <see cref="Peers"/> proves nothing.</summary>
    public int OmittedPeers { get; init; }

    /// <summary>
    /// Id (<c>net:[inode]</c>) of the network namespace that its UDP socket is in, when that is another one than the device's: a device that was moved
    /// leaves its socket where it was made, and outer packets take the routes, rules and filters of there. Null = its own, or not known.
    /// </summary>
    public string? SocketNamespace { get; init; }

    /// <summary>What stands for the peers that are not in <see cref="Peers"/>; null when all are, or when nothing is known of those left out.</summary>
    public PeerDigest? Digest { get; init; }
}

/// <summary>A peer of a WireGuard device.</summary>
public sealed record WireGuardPeerFact
{
    /// <summary>Public key, base64 (44 characters).</summary>
    public required string PublicKey { get; init; }

    /// <summary>A preshared key is set (not all zero).</summary>
    public bool HasPresharedKey { get; init; }

    /// <summary>Where outer packets go; null when never configured and never learnt.</summary>
    public IpEndpoint? Endpoint { get; init; }

    /// <summary>Interval in seconds; 0 = off.</summary>
    public ushort PersistentKeepalive { get; init; }

    /// <summary>Wall-clock time of the last completed handshake; null = never.</summary>
    public DateTimeOffset? LastHandshake { get; init; }

    /// <summary>Authenticated UDP payload bytes received.</summary>
    public Counter Received { get; init; }

    /// <summary>UDP payload bytes sent.</summary>
    public Counter Sent { get; init; }

    public IReadOnlyList<IpPrefix> AllowedIps { get; init; } = [];

    // What follows came later than the format: null also in facts of older versions.

    /// <summary>
    /// Six hexadecimal digits by which both ends of a tunnel can see that they have the same preshared key; null when none is set, or the device has no key of
    /// its own. It is the beginning of SHA-256 over both public keys, the smaller first, and the preshared key. Preshared keys are 256 random bits
    /// (<c>wg genpsk</c>): 24 bits of a hash leave 232 of them open, and the public keys in it keep one key on two tunnels from showing. Who
    /// makes a preshared key out of a guessable password has it guessed faster by this, but he has no secret anyway.
    /// </summary>
    public string? PresharedKeyFingerprint { get; init; }

    /// <summary>Where outer packets went at the start of the observation, when that was somewhere else; null when it did not change or was read once.</summary>
    public IpEndpoint? PreviousEndpoint { get; init; }
}

/// <summary>Who implements a device; the two count and fail differently.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WireGuardImplementation>))]
public enum WireGuardImplementation
{
    /// <summary>The kernel module.</summary>
    Kernel,

    /// <summary>A userspace implementation behind a UAPI socket (wireguard-go, boringtun ...).</summary>
    Userspace,
}
