// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Tests;

/// <summary>Datagrams that another node's probe sent through the tunnel to an address of this node, and how far they came.</summary>
public sealed record InnerTestFact
{
    /// <summary>The WireGuard device on which they had to arrive.</summary>
    public required string Device { get; init; }

    /// <summary>Public key of the sender's device, base64.</summary>
    public required string PeerKey { get; init; }

    public required int Sent { get; init; }

    /// <summary>Seen on the device after decryption.</summary>
    public required int Decrypted { get; init; }

    /// <summary>Got to the probe's own socket.</summary>
    public required int Delivered { get; init; }
}
