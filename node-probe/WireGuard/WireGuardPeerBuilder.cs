// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>A peer while it is read. Parts arrive in any order and over several messages; a part that is absent changes nothing.</summary>
internal sealed class WireGuardPeerBuilder(string publicKey)
{
    private readonly List<IpPrefix> _allowedIps = [];
    private WireGuardPeerFact _peer = new() { PublicKey = publicKey };

    public void SetPresharedKey(bool isSet) => _peer = _peer with { HasPresharedKey = isSet };

    public void SetEndpoint(IpEndpoint endpoint) => _peer = _peer with { Endpoint = endpoint };

    public void SetKeepalive(ushort seconds) => _peer = _peer with { PersistentKeepalive = seconds };

    public void SetReceived(ulong bytes) => _peer = _peer with { Received = new Counter(bytes) };

    public void SetSent(ulong bytes) => _peer = _peer with { Sent = new Counter(bytes) };

    public void AddAllowedIp(IpPrefix prefix) => _allowedIps.Add(prefix);

    /// <summary>Sets the time of the last handshake, 0/0 = never; false when it is not a time.</summary>
    public bool TrySetHandshake(long seconds, long nanoseconds)
    {
        if (!HandshakeTime.TryRead(seconds, nanoseconds, out var time)) return false;
        _peer = _peer with { LastHandshake = time };
        return true;
    }

    public WireGuardPeerFact Build() => _peer with { AllowedIps = _allowedIps };
}
