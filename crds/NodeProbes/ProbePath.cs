// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.Schema;
using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Crds.NodeProbes;

/// <summary>A path whose packets are walked where the node has one of its ends; as addresses, which the operator found out.</summary>
public sealed record ProbePath
{
    /// <summary>Characters of IP addresses.</summary>
    internal const string Address = "^[0-9A-Fa-f:.]+$";

    /// <summary>Name of the path; several addresses that it leads to are as many entries.</summary>
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(NodeProbeSpec.Word)]
    public required string Name { get; init; }

    /// <summary>Addresses that it may begin at: a pod's one, or those that its node is known to send from.</summary>
    [MaxItems(6)]
    [MinLength(2)]
    [MaxLength(45)]
    [Pattern(Address)]
    public required IReadOnlyList<string> From { get; init; }

    /// <summary>It begins at the node itself, which chooses the source.</summary>
    public bool? FromNode { get; init; }

    /// <summary>The address that it leads to.</summary>
    [MinLength(2)]
    [MaxLength(45)]
    [Pattern(Address)]
    public required string To { get; init; }

    /// <summary>What is sent.</summary>
    public required PathProtocol Protocol { get; init; }

    /// <summary>The port of the side that answers; absent for ICMP.</summary>
    [Bounds(1, 65535)]
    public int? Port { get; init; }
}
