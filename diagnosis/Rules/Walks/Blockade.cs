// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Walks;

/// <summary>Which packets of a tunnel are kept back.</summary>
internal enum BlockedWay
{
    /// <summary>WireGuard's own.</summary>
    Outer,

    /// <summary>What it carries from and to the pods and networks behind the node.</summary>
    Forwarded,

    /// <summary>What it carries from one peer to another.</summary>
    Transit,

    /// <summary>What it carries from and to the node itself.</summary>
    Host,
}

/// <summary>A rule, or the policy of a chain, that keeps sample packets of a tunnel back, whatever their protocol.</summary>
internal sealed record Blockade
{
    public required DeviceView Device { get; init; }

    public required IpFamily Family { get; init; }

    public required BlockedWay Way { get; init; }

    /// <summary>The rule.</summary>
    public required WalkRule Rule { get; init; }

    /// <summary>The walks that end there.</summary>
    public required IReadOnlyList<WalkFact> Walks { get; init; }

    /// <summary>What the rule looks at is not known of the packets, so that its counter and what is lost have to tell.</summary>
    public bool Suspected { get; init; }

    /// <summary>Neither side can open a connection; otherwise one of them can.</summary>
    public required bool Full { get; init; }

    /// <summary>True when packets towards this node, or out of the tunnel, are kept back.</summary>
    public bool Inbound => Walks.Any(walk => walk.Purpose is WalkPurpose.OuterIn or WalkPurpose.InnerIn or WalkPurpose.LongIn or WalkPurpose.LocalIn);

    public bool Outbound => Walks.Any(walk => walk.Purpose is WalkPurpose.OuterOut or WalkPurpose.InnerOut or WalkPurpose.LongOut or WalkPurpose.LocalOut);

    /// <summary>Short packets pass: the rule looks at the length.</summary>
    public bool OnlyLong => Walks.All(walk => walk.Purpose is WalkPurpose.LongIn or WalkPurpose.LongOut);

    /// <summary>The namespace behind the node in which it happens; null = in the device's own.</summary>
    public string? Place => Walks[0].Stop?.Place;

    /// <summary>What lies behind the node and is concerned.</summary>
    public IReadOnlyList<IpPrefix> Locals => [.. Walks.Select(walk => walk.Local).OfType<IpPrefix>().Distinct()];

    /// <summary>The counter of the rule grew during the observation.</summary>
    public bool Grew => Growth > 0;

    public ulong? Growth => Rule.Packets?.Growth;

    /// <summary>No walk of the kind passes, so those that could not be walked (peers without an endpoint) are kept back as well.</summary>
    public bool Everyone { get; init; }

    /// <summary>The peers concerned, as far as they are told.</summary>
    public IReadOnlyList<PeerView> Peers => Everyone ? Device.Peers : [.. Walks.SelectMany(walk => Safe.List(walk.Peers)).Distinct(StringComparer.Ordinal).Select(PeerOf).OfType<PeerView>()];

    private PeerView? PeerOf(string key) => PublicKeys.Canonical(key) is { } canonical ? Device.PeerByKey(canonical) : null;
}
