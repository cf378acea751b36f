// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.Schema;

namespace KubeWgDiag.Crds.TunnelDiagnoses;

/// <summary>A question: does a packet get from here to there, and its answer back? Nothing is sent; the packet is walked over what was read.</summary>
[CelRule("(self.protocol == 'ICMP') != has(self.port)", "TCP and UDP need a port, ICMP has none")]
public sealed record PathSpec
{
    /// <summary>Name of the path in the status.</summary>
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(NodeProbeSpec.Word)]
    public required string Name { get; init; }

    /// <summary>Where it begins.</summary>
    public required PathSource From { get; init; }

    /// <summary>Where it leads to.</summary>
    public required PathTarget To { get; init; }

    /// <summary>What is sent.</summary>
    public required PathProtocol Protocol { get; init; }

    /// <summary>The port of the side that answers; of a service its own one.</summary>
    [Bounds(1, 65535)]
    public int? Port { get; init; }

    /// <summary>When absent, the first family of the beginning that the other end has too.</summary>
    public PathFamily? Family { get; init; }
}

/// <summary>Where a path begins: a pod or a node.</summary>
[CelRule("has(self.pod) != has(self.node)", "give either pod or node")]
public sealed record PathSource
{
    /// <summary>A pod.</summary>
    public NamespacedName? Pod { get; init; }

    /// <summary>A node: what a program on it would send, from the address that its routes choose.</summary>
    [MinLength(1)]
    [MaxLength(253)]
    [Pattern(NamespacedName.Subdomain)]
    public string? Node { get; init; }
}

/// <summary>Where a path leads to: a pod, a node, a service or an address.</summary>
[CelRule("(has(self.pod) ? 1 : 0) + (has(self.node) ? 1 : 0) + (has(self.service) ? 1 : 0) + (has(self.address) ? 1 : 0) == 1", "give one of pod, node, service and address")]
public sealed record PathTarget
{
    /// <summary>A pod.</summary>
    public NamespacedName? Pod { get; init; }

    /// <summary>A node, by its internal address.</summary>
    [MinLength(1)]
    [MaxLength(253)]
    [Pattern(NamespacedName.Subdomain)]
    public string? Node { get; init; }

    /// <summary>A service: the first two of its ready endpoints are looked at, without the service's own address.</summary>
    public NamespacedName? Service { get; init; }

    /// <summary>An IPv4 or IPv6 address; whichever of the nodes has it, or a pod on it, is the other end.</summary>
    [MinLength(2)]
    [MaxLength(45)]
    [Pattern(ProbePath.Address)]
    public string? Address { get; init; }
}

/// <summary>A namespaced object.</summary>
public sealed record NamespacedName
{
    internal const string Subdomain = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

    /// <summary>Its namespace.</summary>
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    public required string Namespace { get; init; }

    /// <summary>Its name.</summary>
    [MinLength(1)]
    [MaxLength(253)]
    [Pattern(Subdomain)]
    public required string Name { get; init; }
}

/// <summary>What a path's packets are.</summary>
public enum PathProtocol
{
    /// <summary>TCP to the port.</summary>
    TCP,

    /// <summary>UDP to the port.</summary>
    UDP,

    /// <summary>An echo request, ICMP or ICMPv6.</summary>
    ICMP,
}

/// <summary>IP families.</summary>
public enum PathFamily
{
    /// <summary>IP version 4.</summary>
    IPv4,

    /// <summary>IP version 6.</summary>
    IPv6,
}
