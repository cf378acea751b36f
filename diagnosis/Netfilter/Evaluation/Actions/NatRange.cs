// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Actions;

/// <summary>To what NAT rewrites (struct nf_nat_range2).</summary>
internal sealed record NatRange
{
    public const uint MapIps = 1, ProtoSpecified = 2, ProtoRandom = 4, ProtoRandomFully = 16, ProtoOffset = 32, Netmap = 64;

    /// <summary><c>snat</c>, <c>dnat</c>, <c>masquerade</c>, <c>redirect</c> or <c>netmap</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The source is rewritten.</summary>
    public required bool Source { get; init; }

    public IpAddr? AddressMin { get; init; }

    public IpAddr? AddressMax { get; init; }

    /// <summary>Addresses are rewritten, but nobody knows to which.</summary>
    public bool AddressUnknown { get; init; }

    public ushort? PortMin { get; init; }

    public ushort? PortMax { get; init; }

    /// <summary>Ports are rewritten, but nobody knows to which.</summary>
    public bool PortUnknown { get; init; }

    public ushort? PortBase { get; init; }

    /// <summary>NF_NAT_RANGE_*.</summary>
    public uint Flags { get; init; }

    public bool IsRandom => (Flags & (ProtoRandom | ProtoRandomFully)) != 0;
}
