// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Tests;

/// <summary>UDP datagrams that a probe sent to the probe at a peer's node over the underlay, in steps of rising rate, twice over.</summary>
public sealed record RateTestFact
{
    /// <summary>The WireGuard device whose underlay was used.</summary>
    public required string Device { get; init; }

    /// <summary>Public key of the peer, base64.</summary>
    public required string PeerKey { get; init; }

    /// <summary>In the order in which they were sent.</summary>
    public required IReadOnlyList<RateStep> Steps { get; init; }
}

/// <summary>One step.</summary>
/// <param name="KilobitsPerSecond">Rate of the UDP payload.</param>
/// <param name="Size">Bytes of each datagram's payload.</param>
/// <param name="Sent">Datagrams.</param>
/// <param name="Arrived">As the other probe counted them.</param>
/// <param name="Round">0 for the first run, 1 for the second.</param>
public sealed record RateStep(int KilobitsPerSecond, int Size, int Sent, int Arrived, int Round);
