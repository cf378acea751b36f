// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts.Paths;

/// <summary>What becomes of a packet of a path that somebody asked about, on this node. The kernel answered for the routes; the packet filters were evaluated.</summary>
public sealed record PathWalkFact
{
    /// <summary>Name of the path.</summary>
    public required string Path { get; init; }

    /// <summary>The address that the path leads to.</summary>
    public required IpAddr Target { get; init; }

    public required PathWay Way { get; init; }

    /// <summary>The packet's address at this node: of a pod or of the node itself.</summary>
    public required IpAddr Here { get; init; }

    /// <summary>The packet's address at the other end. Several where the packets of each end alike: whom a node sends as is known to itself only.</summary>
    public required IReadOnlyList<IpAddr> There { get; init; }

    /// <summary>IPPROTO_*.</summary>
    public required byte Protocol { get; init; }

    /// <summary>The port that is asked about; null where the protocol has none.</summary>
    public ushort? Port { get; init; }

    /// <summary>Name of the device by which it comes in; null = made here.</summary>
    public string? Input { get; init; }

    /// <summary>The steps in their order. The last one is where it ended, when it ended here.</summary>
    public required IReadOnlyList<PathStepFact> Steps { get; init; }

    public required WalkResult Result { get; init; }

    /// <summary>Its way ends at a socket of this node, in the namespace that has the address.</summary>
    public bool Arrived { get; init; }

    /// <summary>Where it goes when it leaves the node without a tunnel.</summary>
    public IpAddr? NextHop { get; init; }

    /// <summary>The tunnel that it leaves or enters by; null when there is none.</summary>
    public PathTunnelFact? Tunnel { get; init; }

    /// <summary>For a packet that leaves without one: the tunnel whose AllowedIPs have its destination.</summary>
    public PathTunnelFact? Bypassed { get; init; }

    /// <summary>Why it ended; null when it did not end here.</summary>
    public WalkStop? Stop { get; init; }

    /// <summary>Address translation on the way; null when there was none.</summary>
    public WalkNat? Nat { get; init; }

    /// <summary>On what it depends, for <see cref="WalkResult.Undetermined"/>.</summary>
    public string? DependsOn { get; init; }
}

/// <summary>One step of a packet's way over a node.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Place">Name of the network namespace or device.</param>
/// <param name="Result">What becomes of the packet there.</param>
/// <param name="What">In words, with the entry that decided.</param>
public sealed record PathStepFact(PathStepKind Kind, string Place, WalkResult Result, string What);

/// <summary>A tunnel on the way of a packet.</summary>
/// <param name="Device">The WireGuard device.</param>
/// <param name="Peer">Public key of the peer whose AllowedIPs have the address at the other end; null when none has it.</param>
/// <param name="Prefix">The AllowedIPs prefix that decided.</param>
/// <param name="Mtu">MTU of the device in bytes.</param>
/// <param name="OuterMtu">MTU in bytes of the way that the encrypted packet takes; null when it is not known.</param>
/// <param name="OuterFamily">Family of the encrypted packet; null when it is not known.</param>
public sealed record PathTunnelFact(string Device, string? Peer = null, IpPrefix? Prefix = null, int? Mtu = null, int? OuterMtu = null, IpFamily? OuterFamily = null);

/// <summary>Which part of a path.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PathWay>))]
public enum PathWay
{
    /// <summary>The request, out of the node where the path begins.</summary>
    RequestOut,

    /// <summary>The request, into the node where the path ends.</summary>
    RequestIn,

    /// <summary>The answer, out of the node where the path ends.</summary>
    ReplyOut,

    /// <summary>The answer, into the node where the path begins.</summary>
    ReplyIn,
}

/// <summary>Steps of a packet's way over a node.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PathStepKind>))]
public enum PathStepKind
{
    /// <summary>Through a pod's network namespace.</summary>
    Pod,

    /// <summary>Through the node's own network namespace.</summary>
    Node,

    /// <summary>WireGuard chooses the peer by the longest AllowedIPs prefix.</summary>
    Encryption,

    /// <summary>The encrypted packet, out of the node.</summary>
    OuterOut,

    /// <summary>The encrypted packet, into the node.</summary>
    OuterIn,

    /// <summary>WireGuard holds the source against the AllowedIPs of the peer it came from.</summary>
    Decryption,
}
