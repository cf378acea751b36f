// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts.Tests;

/// <summary>Datagrams that a probe sent to the probe at a peer's end over the underlay, and how many of them arrived.</summary>
public sealed record OuterTestFact
{
    /// <summary>The WireGuard device whose underlay was used.</summary>
    public required string Device { get; init; }

    /// <summary>Public key of the peer at whose node the other probe listened, base64.</summary>
    public required string PeerKey { get; init; }

    public required OuterTestKind Kind { get; init; }

    /// <summary>True when the destination port was WireGuard's own; false for another one.</summary>
    public bool TunnelPort { get; init; }

    public required int Sent { get; init; }

    /// <summary>As the other probe counted them.</summary>
    public required int Arrived { get; init; }
}

/// <summary>What the datagrams of a test were like.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OuterTestKind>))]
public enum OuterTestKind
{
    /// <summary>Random bytes, of the size of an initiation.</summary>
    Random,

    /// <summary>The size and the first bytes of an initiation.</summary>
    HandshakeShaped,

    /// <summary>Random bytes, marked as the kernel marks handshakes (TOS 0x88, AF41).</summary>
    HandshakeTos,
}
