// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>What one side knows of the session of a peer entry.</summary>
internal enum SessionState
{
    /// <summary>Never completed a handshake.</summary>
    Never,

    /// <summary>Young enough for its keys to be accepted.</summary>
    Fresh,

    /// <summary>Older than any key pair may be.</summary>
    Old,

    /// <summary>The handshake lies in the future: the clock was stepped, its age says nothing.</summary>
    ClockUnclear,
}

/// <summary>Judges sessions by the node's own clock.</summary>
internal static class Session
{
    /// <summary>Reading and writing the time are not one moment.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(5);

    public static SessionState State(PeerView peer, Thresholds thresholds) => Age(peer) switch
    {
        null => SessionState.Never,
        { } age when age < -ClockSlack => SessionState.ClockUnclear,
        { } age when age <= thresholds.HandshakeStale => SessionState.Fresh,
        _ => SessionState.Old,
    };

    /// <summary>Age of the last handshake; null when there was none.</summary>
    public static TimeSpan? Age(PeerView peer) =>
        peer.Fact.LastHandshake is { } at && at > DateTimeOffset.UnixEpoch ? peer.Device.Node.Facts.At - at : null;

    /// <summary>
    /// True when this side tries to reach the other now: it must have a session for keepalives, or it sent an initiation or more during the
    /// observation. After 90 s without an answer a peer without keepalive falls silent, which is no sign of health but no sign of need either.
    /// </summary>
    public static bool Tries(PeerView peer) =>
        peer.Endpoint is not null
        && ((peer.Fact.PersistentKeepalive > 0 && peer.Fact.Sent.Value > 0) || peer.Fact.Sent.Growth >= Traffic.Initiation);
}
