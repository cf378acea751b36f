// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>
/// What a peer's byte counter did: an initiation adds 148, a response 92, a keepalive 32 (WireGuard paper, section 5.4); anything else is data. Both
/// implementations count these alike, but only what was authenticated counts as received. Flags, so that a row of the table can name several.
/// </summary>
[Flags]
internal enum CounterMove
{
    None = 0,

    /// <summary>One reading was lost, or the counter began anew between the two.</summary>
    Unknown = 1,

    Flat = 2,

    Keepalives = 4,

    Initiations = 8,

    Responses = 16,

    /// <summary>Sums of handshake messages and keepalives.</summary>
    Mixed = 32,

    /// <summary>Data, too little to build on: one packet may be on its way when the other end is read.</summary>
    Little = 64,

    Data = 128,

    /// <summary>Handshake messages, perhaps with keepalives.</summary>
    Handshakes = Initiations | Responses | Mixed,

    /// <summary>Nothing that a user sent.</summary>
    NoData = Flat | Keepalives | Handshakes,

    AnyData = Little | Data,

    Known = NoData | AnyData,

    Any = Unknown | Known,
}
