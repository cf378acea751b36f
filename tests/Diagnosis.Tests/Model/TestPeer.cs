// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>A peer entry that a test may bend.</summary>
internal sealed class TestPeer(string key)
{
    public string Key { get; set; } = key;

    public IpEndpoint? Endpoint { get; set; }

    public List<IpPrefix> AllowedIps { get; set; } = [];

    public ushort Keepalive { get; set; }

    /// <summary>Age of the last handshake in seconds; null = never.</summary>
    public double? HandshakeAge { get; set; }

    public bool HasPresharedKey { get; set; }

    public string? Fingerprint { get; set; }

    public IpEndpoint? PreviousEndpoint { get; set; }

    public Counter Sent { get; set; }

    public Counter Received { get; set; }

    public TestPeer Allow(params string[] prefixes)
    {
        AllowedIps = [.. prefixes.Select(IpPrefix.Parse)];
        return this;
    }

    public WireGuardPeerFact ToFact(DateTimeOffset at) => new()
    {
        PublicKey = Key,
        Endpoint = Endpoint,
        AllowedIps = AllowedIps,
        PersistentKeepalive = Keepalive,
        LastHandshake = HandshakeAge is { } age ? at.AddSeconds(-age) : null,
        Sent = Sent,
        Received = Received,
        HasPresharedKey = HasPresharedKey,
        PresharedKeyFingerprint = Fingerprint,
        PreviousEndpoint = PreviousEndpoint,
    };
}
