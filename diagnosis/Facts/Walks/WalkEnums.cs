// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts.Walks;

/// <summary>What a sample packet stands for. "Behind" are the pods and networks that the node forwards for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WalkPurpose>))]
public enum WalkPurpose
{
    /// <summary>WireGuard's own UDP packets to a peer's endpoint.</summary>
    OuterOut,

    /// <summary>WireGuard's own UDP packets from a peer's endpoint.</summary>
    OuterIn,

    /// <summary>From behind into the tunnel.</summary>
    InnerOut,

    /// <summary>Out of the tunnel to what is behind.</summary>
    InnerIn,

    /// <summary>From behind into the tunnel, as long as the tunnel's MTU; told only where it is dropped.</summary>
    LongOut,

    /// <summary>Out of the tunnel to what is behind, as long as the tunnel's MTU; told only where it is dropped.</summary>
    LongIn,

    /// <summary>From the node's own tunnel address into the tunnel.</summary>
    LocalOut,

    /// <summary>Out of the tunnel to the node's own tunnel address.</summary>
    LocalIn,

    /// <summary>From one peer to another through this node.</summary>
    Transit,

    /// <summary>Out of the tunnel to the world.</summary>
    Exit,

    /// <summary>To the node's tunnel address by the underlay.</summary>
    DeviceAddressFromOutside,

    /// <summary>"Too big" messages out of the tunnel to what is behind.</summary>
    TooBigIn,

    /// <summary>"Too big" messages of this node to what is behind.</summary>
    TooBigOut,

    /// <summary>"Too big" messages about WireGuard's own packets, from the underlay to this node.</summary>
    TooBigOuter,

    /// <summary>IPv6 neighbour discovery from the underlay.</summary>
    NeighbourIn,

    /// <summary>IPv6 neighbour discovery to the underlay.</summary>
    NeighbourOut,
}

/// <summary>What connection tracking takes a packet for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WalkState>))]
public enum WalkState
{
    /// <summary>It opens a connection.</summary>
    New,

    /// <summary>It answers one that the other side opened.</summary>
    Established,

    /// <summary>It tells of an error of a known connection.</summary>
    Related,

    /// <summary>It fits no connection.</summary>
    Invalid,

    /// <summary>It is not tracked.</summary>
    Untracked,
}

/// <summary>What became of a sample packet.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WalkResult>))]
public enum WalkResult
{
    /// <summary>It went where it should: into the tunnel, out to the network, or to the host or namespace it was for.</summary>
    Passed,

    /// <summary>It went somewhere else, and <see cref="WalkFact.Nat"/> or <see cref="WalkFact.Link"/> says where.</summary>
    Diverted,
    Dropped,

    /// <summary>Dropped, with an answer to the sender.</summary>
    Rejected,

    /// <summary>Nobody can tell from what could be read.</summary>
    Undetermined,
}

/// <summary>Why a packet ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WalkStopKind>))]
public enum WalkStopKind
{
    /// <summary>Something that has no word here.</summary>
    Other,
    FilterRule,
    ChainPolicy,

    /// <summary>The kernel's reverse path filter.</summary>
    ReversePath,

    /// <summary>The kernel's check of impossible sources.</summary>
    Martian,
    ForwardingOff,
    NoRoute,
    Blackhole,
    Unreachable,
    Prohibit,

    /// <summary>No peer has the destination in its AllowedIPs, or none the source.</summary>
    NoPeer,
    NoEndpoint,
    TooLong,
}
