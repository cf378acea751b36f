// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts.Capture;

/// <summary>
/// WireGuard's messages of one peer on the underlay, counted by their types, as seen on the wire: incoming ones before any filter, outgoing ones after.
/// Only types, sizes and headers were looked at.
/// </summary>
public sealed record OuterCaptureFact
{
    public required string Device { get; init; }

    /// <summary>Public key of the peer, base64: the one whose endpoint, or whose observed address, the packets carry.</summary>
    public required string PeerKey { get; init; }

    public required double Seconds { get; init; }

    public required OuterMessages Received { get; init; }

    public required OuterMessages Sent { get; init; }

    /// <summary>Where answers to initiations came from, other than from the endpoint.</summary>
    public IReadOnlyList<IpEndpoint> OtherSources { get; init; } = [];

    /// <summary>Received initiations whose mac1 was not made for this device's public key; null when it was not computed.</summary>
    public int? ForeignMac1 { get; init; }

    /// <summary>The order of the received data messages by their counters; null when it was not looked at.</summary>
    public DataOrder? Order { get; init; }
}

/// <summary>The order of data messages of one session, by the counter in their header.</summary>
/// <param name="Messages">How many there were.</param>
/// <param name="Late">Those whose counter was below the largest one so far.</param>
/// <param name="Missing">Counters between the first and the last that never came.</param>
/// <param name="Farthest">The largest distance of a late one to the largest counter so far; WireGuard's window is 8128 (replay.c).</param>
public sealed record DataOrder(int Messages, int Late, int Missing, long Farthest);

/// <summary>Messages by type.</summary>
/// <param name="Initiations">Type 1.</param>
/// <param name="Responses">Type 2.</param>
/// <param name="Cookies">Type 3: sent instead of a response under load.</param>
/// <param name="Data">Type 4, keepalives included.</param>
public sealed record OuterMessages(int Initiations, int Responses, int Cookies, int Data);
