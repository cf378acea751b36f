// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Tests;

/// <summary>Packets of many sizes with DF set that a probe sent to a peer's node, each size several times. Sizes are those of the IP packet in bytes.</summary>
public sealed record SizeTestFact
{
    /// <summary>The WireGuard device that was tested, or whose underlay was.</summary>
    public required string Device { get; init; }

    /// <summary>Public key of the peer, base64.</summary>
    public required string PeerKey { get; init; }

    /// <summary>True for packets through the tunnel, false for packets beside it to the peer's endpoint address.</summary>
    public required bool Inside { get; init; }

    /// <summary>The largest size that passed; null when none did.</summary>
    public int? Passed { get; init; }

    /// <summary>The smallest size above it that did not; null when all did.</summary>
    public int? Lost { get; init; }

    /// <summary>An ICMP message about the size came back; null when nobody listened for one.</summary>
    public bool? Told { get; init; }

    /// <summary>All sizes that were sent, where a whole range was swept; null when the limit was searched.</summary>
    public IReadOnlyList<SizeResult>? Sweep { get; init; }
}

/// <summary>What became of one size.</summary>
/// <param name="Size">Bytes of the IP packet.</param>
/// <param name="Sent">Packets.</param>
/// <param name="Arrived">Packets.</param>
public sealed record SizeResult(int Size, int Sent, int Arrived);
