// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>
/// Rewrites addresses and ports (struct nf_nat_ipv4_multi_range_compat, nf_nat_range, nf_nat_range2). Ends the walk through the table with accept.
/// What <see cref="Flags"/> does not name is null.
/// </summary>
public sealed record XtNat : Expression
{
    public required XtNatKind Kind { get; init; }

    public XtNatFlags Flags { get; init; }

    /// <summary>First address; of NETMAP the network.</summary>
    public IpAddr? AddressMin { get; init; }

    /// <summary>Last address; of NETMAP the network's last one.</summary>
    public IpAddr? AddressMax { get; init; }

    public ushort? PortMin { get; init; }

    public ushort? PortMax { get; init; }

    /// <summary>Port that becomes <see cref="PortMin"/>, with <see cref="XtNatFlags.ProtoOffset"/>.</summary>
    public ushort? PortBase { get; init; }
}

/// <summary>Hands the packet to a local socket and marks it: mark = (mark &amp; ~mask) ^ value (struct xt_tproxy_target_info, _v1). Unspecified address = that of the device, port 0 = the packet's.</summary>
public sealed record XtTproxy(uint Mark, uint Mask, IpAddr Address, ushort Port) : Expression;
