// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Layouts;

/// <summary>Everything that a network consists of, in one family.</summary>
public sealed record LayoutPlan
{
    public required Layouts Layout { get; init; }

    public required Family Family { get; init; }

    public required IReadOnlyList<NodePlan> Nodes { get; init; }

    /// <summary>Batch for <c>ip</c> in the namespace between the nodes; cables to them are called node-1, node-2 ...</summary>
    public required IReadOnlyList<string> Router { get; init; }

    /// <summary>Whether the namespace between the nodes forwards (it is a router) or only bridges.</summary>
    public bool RouterForwards { get; init; }

    /// <summary>Its nftables rules.</summary>
    public string RouterRules { get; init; } = "";
}

/// <summary>One node.</summary>
public sealed record NodePlan
{
    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>Its address on <see cref="Uplink"/>.</summary>
    public required string Outer { get; init; }

    public required int OuterLength { get; init; }

    /// <summary>Its default gateway.</summary>
    public required string Gateway { get; init; }

    /// <summary>Name of the uplink.</summary>
    public string Uplink { get; init; } = "eth0";

    /// <summary>Its WireGuard device.</summary>
    public required string Device { get; init; }

    public required int Port { get; init; }

    public required int Mtu { get; init; }

    /// <summary>The device's mark, 0 = none.</summary>
    public int Mark { get; init; }

    /// <summary>The device's address.</summary>
    public required string Tunnel { get; init; }

    public required int TunnelLength { get; init; }

    /// <summary>The pods' network of this node (in the layouts without a cluster: the network behind it).</summary>
    public required string PodNetwork { get; init; }

    /// <summary>Its one pod.</summary>
    public required string Pod { get; init; }

    /// <summary>The node's end of the way to the pod: where the pod's packets come in.</summary>
    public required string PodDevice { get; init; }

    public required IReadOnlyList<PeerPlan> Peers { get; init; }

    /// <summary>Batch for <c>ip</c> in the node before the WireGuard device: the pod's cable. <c>{POD}</c> is the pod's namespace.</summary>
    public required IReadOnlyList<string> PodWiring { get; init; }

    /// <summary>Batch for <c>ip</c> in the pod.</summary>
    public required IReadOnlyList<string> InsidePod { get; init; }

    /// <summary>Batch for <c>ip</c> in the node once the device is up: routes and rules.</summary>
    public required IReadOnlyList<string> Routes { get; init; }

    /// <summary>Shell lines before everything else.</summary>
    public string Sysctls { get; init; } = "";
}

/// <summary>A peer entry as planned.</summary>
/// <param name="Node">Number of the node whose key it is.</param>
/// <param name="AllowedIps">Its AllowedIPs.</param>
/// <param name="Endpoint">ADDRESS:PORT; null where it has to call first.</param>
/// <param name="Keepalive">Seconds, 0 = off.</param>
public sealed record PeerPlan(int Node, IReadOnlyList<string> AllowedIps, string? Endpoint, int Keepalive);
