// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>The way of a packet, step by step.</summary>
public sealed record WalkReport
{
    public required WalkOutcome Outcome { get; init; }

    /// <summary>One sentence: what becomes of the packet and who decides it.</summary>
    public required string Summary { get; init; }

    public required IReadOnlyList<WalkStep> Steps { get; init; }
}

/// <summary>One step of a packet's way.</summary>
public sealed record WalkStep
{
    /// <summary>Name of the network namespace.</summary>
    public required string Place { get; init; }

    public required WalkStage Stage { get; init; }

    public required WalkOutcome Outcome { get; init; }

    /// <summary>What happens, in words.</summary>
    public required string What { get; init; }

    /// <summary>The entry that decided it: a routing rule, a route, a packet filter's rule or policy, an AllowedIPs prefix, a sysctl; null when nothing had to decide.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>Who made that entry, where it can be told: kube-proxy, a CNI, docker ...</summary>
    public string? Owner { get; init; }
}

/// <summary>Stages of a packet's way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WalkStage>))]
public enum WalkStage
{
    /// <summary>Where the packet begins.</summary>
    Source,

    /// <summary>WireGuard's check of the inner source against AllowedIPs.</summary>
    Decapsulation,
    Prerouting,
    Input,
    Routing,
    Forwarding,
    Forward,
    Output,
    Postrouting,

    /// <summary>WireGuard's choice of a peer by AllowedIPs, and the packet around the packet.</summary>
    Tunnel,

    /// <summary>The length against the MTU of the device.</summary>
    Mtu,

    /// <summary>A device hands it over: to another namespace, to the network, to a program.</summary>
    Handover,
}

/// <summary>What became of a packet, at a step or in the end.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WalkOutcome>))]
public enum WalkOutcome
{
    /// <summary>It goes on.</summary>
    Passed,

    /// <summary>It reaches a socket of this node.</summary>
    Delivered,

    /// <summary>It leaves this node.</summary>
    Left,

    /// <summary>It ends here.</summary>
    Dropped,

    /// <summary>Nobody can tell from what could be read.</summary>
    Undetermined,
}
