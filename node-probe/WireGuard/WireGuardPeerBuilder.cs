// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>A peer while it is read. Parts arrive in any order and over several messages; a part that is absent changes nothing.</summary>
internal sealed class WireGuardPeerBuilder(string publicKey)
{
    private readonly List<IpPrefix> _allowedIps = [];
    private bool _hasPresharedKey;
    private string? _presharedKeyFingerprint;
    private IpEndpoint? _endpoint;
    private ushort _keepalive;
    private ulong _received;
    private ulong _sent;
    private DateTimeOffset? _lastHandshake;

    /// <summary>Takes no more of the key than whether there is one, and its fingerprint.</summary>
    /// <param name="ownPublicKey">Public key of the device; null when it is not known (yet).</param>
    /// <param name="key">32 bytes; all zero = none.</param>
    public void SetPresharedKey(string? ownPublicKey, ReadOnlySpan<byte> key)
    {
        _hasPresharedKey = key.ContainsAnyExcept((byte)0);
        _presharedKeyFingerprint = WireGuard.PresharedKeyFingerprint.Of(ownPublicKey, publicKey, key);
    }

    public void SetEndpoint(IpEndpoint endpoint) => _endpoint = endpoint;

    public void SetKeepalive(ushort seconds) => _keepalive = seconds;

    public void SetReceived(ulong bytes) => _received = bytes;

    public void SetSent(ulong bytes) => _sent = bytes;

    public void AddAllowedIp(IpPrefix prefix) => _allowedIps.Add(prefix);

    /// <summary>False when the time is not a possible one.</summary>
    public bool TrySetHandshake(long seconds, long nanoseconds)
    {
        if (!HandshakeTime.TryRead(seconds, nanoseconds, out var time)) return false;
        _lastHandshake = time;
        return true;
    }

    public WireGuardPeerFact Build() => new()
    {
        PublicKey = publicKey,
        HasPresharedKey = _hasPresharedKey,
        Endpoint = _endpoint,
        PersistentKeepalive = _keepalive,
        LastHandshake = _lastHandshake,
        Received = new Counter(_received),
        Sent = new Counter(_sent),
        AllowedIps = [.. _allowedIps],
        PresharedKeyFingerprint = _presharedKeyFingerprint,
    };
}
