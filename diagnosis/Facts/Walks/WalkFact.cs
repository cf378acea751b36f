// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts.Walks;

/// <summary>
/// What becomes of sample packets of a tunnel on this node: the rule set itself stays on the node, only what it does is told. Walks that end alike
/// are one entry. The kernel answered for the routes; the packet filters were evaluated.
/// </summary>
public sealed record WalkFact
{
    public required WalkPurpose Purpose { get; init; }

    /// <summary>The WireGuard device.</summary>
    public required string Device { get; init; }

    public required IpFamily Family { get; init; }

    /// <summary>What connection tracking takes the packets for; those of an entry that passed may be several.</summary>
    public required IReadOnlyList<WalkState> States { get; init; }

    public required WalkResult Result { get; init; }

    /// <summary>Flows (pairs of addresses) for which it is so.</summary>
    public required int Count { get; init; }

    /// <summary>The network or host behind the node that stands at this end; null where the node itself does.</summary>
    public IpPrefix? Local { get; init; }

    /// <summary>IP protocols for which it is so; null = all that were tried (ICMP echo, and UDP and TCP to a high port).</summary>
    public IReadOnlyList<byte>? Protocols { get; init; }

    /// <summary>Public keys of the peers concerned, at most eight; null for an entry that passed.</summary>
    public IReadOnlyList<string>? Peers { get; init; }

    /// <summary>One of the packets; null for an entry that passed without any change.</summary>
    public WalkPacket? Packet { get; init; }

    /// <summary>Where and why it ended; null when it did not end, or when nobody can tell.</summary>
    public WalkStop? Stop { get; init; }

    /// <summary>Address translation on the way; null when there was none.</summary>
    public WalkNat? Nat { get; init; }

    /// <summary>The rule that exempted the packet from connection tracking; null when none did.</summary>
    public WalkRule? Notrack { get; init; }

    /// <summary>On what it depends, for <see cref="WalkResult.Undetermined"/>.</summary>
    public string? DependsOn { get; init; }

    /// <summary>Name of the device by which it leaves; null for other outcomes and for entries that passed unchanged.</summary>
    public string? Link { get; init; }

    /// <summary>Some rule sets the MSS of TCP packets; told with <see cref="WalkPurpose.TooBigOut"/> only.</summary>
    public bool? ClampsMss { get; init; }
}

/// <summary>A sample packet.</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="Protocol">IPPROTO_*.</param>
/// <param name="SourcePort">Source port; null where there is none.</param>
/// <param name="DestinationPort">Destination port; null where there is none.</param>
/// <param name="Mark">Mark it is made with.</param>
/// <param name="Input">Name of the device it comes in by; null = made here.</param>
public sealed record WalkPacket(
    IpAddr Source, IpAddr Destination, byte Protocol, ushort? SourcePort = null, ushort? DestinationPort = null, uint Mark = 0, string? Input = null);

/// <summary>Address translation of a sample packet.</summary>
/// <param name="Kind"><c>snat</c>, <c>masquerade</c>, <c>dnat</c>, <c>redirect</c>, <c>netmap</c>.</param>
/// <param name="Source">New source; null when it stays or is not known.</param>
/// <param name="SourcePort">New source port; null when it stays or is not known.</param>
/// <param name="Destination">New destination; null when it stays or is not known.</param>
/// <param name="DestinationPort">New destination port; null when it stays or is not known.</param>
/// <param name="To">What it became, in words.</param>
/// <param name="Rule">The rule that did it.</param>
/// <param name="RandomPort">The source port is chosen by chance for each connection.</param>
public sealed record WalkNat(
    string Kind,
    string To,
    IpAddr? Source = null,
    ushort? SourcePort = null,
    IpAddr? Destination = null,
    ushort? DestinationPort = null,
    WalkRule? Rule = null,
    bool RandomPort = false);

/// <summary>Where a packet ended.</summary>
/// <param name="Kind">Why.</param>
/// <param name="What">In words.</param>
/// <param name="Place">Name of the network namespace when it is not the device's own; null = its own.</param>
/// <param name="Rule">The packet filter's rule or policy; null when something else decided.</param>
public sealed record WalkStop(WalkStopKind Kind, string What, string? Place = null, WalkRule? Rule = null);
