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
}

/// <summary>Messages by type.</summary>
/// <param name="Initiations">Type 1.</param>
/// <param name="Responses">Type 2.</param>
/// <param name="Cookies">Type 3: sent instead of a response under load.</param>
/// <param name="Data">Type 4, keepalives included.</param>
public sealed record OuterMessages(int Initiations, int Responses, int Cookies, int Data);
