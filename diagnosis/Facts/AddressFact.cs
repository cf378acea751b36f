// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>An address of a device (RTM_NEWADDR).</summary>
public sealed record AddressFact
{
    public required int Link { get; init; }

    /// <summary>The node's own address (IFA_LOCAL, or IFA_ADDRESS where there is no IFA_LOCAL).</summary>
    public required IpAddr Address { get; init; }

    public required int PrefixLength { get; init; }

    /// <summary>RT_SCOPE_*: 0 universe, 253 link, 254 host.</summary>
    public byte Scope { get; init; }

    /// <summary>IFA_F_TENTATIVE or IFA_F_DADFAILED: the address cannot be used (yet).</summary>
    public bool Unusable { get; init; }
}
