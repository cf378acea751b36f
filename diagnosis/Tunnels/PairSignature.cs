// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>What both ends of a directed pair counted at the same time: "here" sends, "there" is to receive.</summary>
/// <param name="SentHere">What the sender sent.</param>
/// <param name="ReceivedHere">What the sender got from the other end.</param>
/// <param name="ReceivedThere">What the receiver got from the sender.</param>
/// <param name="SentThere">What the receiver sent to the sender.</param>
/// <param name="Here">The session as the sender knows it.</param>
/// <param name="There">The session as the receiver knows it.</param>
/// <param name="Signs">What else was counted.</param>
/// <param name="Basis">What the four are taken from.</param>
internal sealed record PairSignature(
    CounterMove SentHere,
    CounterMove ReceivedHere,
    CounterMove ReceivedThere,
    CounterMove SentThere,
    SessionMark Here,
    SessionMark There,
    PairSigns Signs = PairSigns.None,
    PairBasis Basis = PairBasis.Window)
{
    /// <summary>Seconds that both ends were observed at the same time; 0 where that is not known.</summary>
    public double Overlap { get; init; }
}

/// <summary>What counters are compared over.</summary>
internal enum PairBasis
{
    /// <summary>The other end was not read, or the readings cannot be compared.</summary>
    None,

    /// <summary>Growth in a common window.</summary>
    Window,

    /// <summary>All that was ever counted, at two ends that never had a session.</summary>
    SinceEver,
}

/// <summary>State of a session, as flags for the table.</summary>
[Flags]
internal enum SessionMark
{
    None = 0,
    Never = 1,
    Fresh = 2,
    Old = 4,
    Unclear = 8,
    Dead = Never | Old,
    Any = Never | Fresh | Old | Unclear,
}

/// <summary>Counters beside those of the peer, and what is known of the keys.</summary>
[Flags]
internal enum PairSigns
{
    None = 0,

    /// <summary>The receiver decrypted packets and refused their inner source: the kernel counts frame errors, a userspace device hands out less than its peers got.</summary>
    RefusedThere = 1,

    /// <summary>The receiver's host took packets from the tunnel and threw them away as not its own (InAddrErrors).</summary>
    AddressErrorsThere = 2,

    /// <summary>The receiver's host threw packets away because their source came in by the wrong device (rp_filter).</summary>
    ReversePathThere = 4,

    /// <summary>The receiver's host found no route for packets (InNoRoutes).</summary>
    NoRoutesThere = 8,

    /// <summary>UDP packets came to a port of the receiver's host on which nobody listens.</summary>
    NoPortsThere = 16,

    /// <summary>All UDP sockets of the receiver's host together got fewer packets than the sender sent initiations.</summary>
    DatagramsFlatThere = 32,

    /// <summary>The sender's device was given packets that no peer owns, or that have no endpoint.</summary>
    NoOwnerHere = 64,

    /// <summary>The sender's counter explodes without load: outer packets go into the tunnel again.</summary>
    ExplodesHere = 128,

    /// <summary>The peer's endpoint changed at the receiver during the observation.</summary>
    EndpointMovedThere = 256,

    /// <summary>The packets given to the sender's device were small.</summary>
    SmallPackets = 512,

    /// <summary>Both ends have the same preshared key, or none.</summary>
    PresharedKeysEqual = 1024,

    /// <summary>The two ends have different preshared keys.</summary>
    PresharedKeysDiffer = 2048,

    /// <summary>Much less arrived than was sent.</summary>
    Loss = 4096,

    /// <summary>The two observations are of the same time but for a second.</summary>
    Aligned = 8192,
}
