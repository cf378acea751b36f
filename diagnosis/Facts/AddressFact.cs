// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
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

    // What follows came later than the format: null also in facts of older versions.

    /// <summary>IFA_F_* of linux/if_addr.h, all bits.</summary>
    public uint? Flags { get; init; }

    /// <summary>IFA_LABEL: IPv4 only.</summary>
    public string? Label { get; init; }

    /// <summary>IFA_ADDRESS of a point-to-point address: the other end's.</summary>
    public IpAddr? Peer { get; init; }

    /// <summary>IFA_BROADCAST.</summary>
    public IpAddr? Broadcast { get; init; }

    /// <summary>Seconds until the address goes away (ifa_valid); null = never, or not told.</summary>
    public uint? ValidSeconds { get; init; }

    /// <summary>Seconds until the address is no longer chosen for new connections (ifa_prefered); null = never, or not told.</summary>
    public uint? PreferredSeconds { get; init; }

    /// <summary>IFA_RT_PRIORITY: metric of the route to the address's own prefix; null = the kernel's default.</summary>
    public uint? Metric { get; init; }

    /// <summary>IFA_PROTO: 1 loopback, 2 router advertisement, 3 link-local; null = not told (Linux before 5.18) or by hand.</summary>
    public byte? Protocol { get; init; }

    /// <summary>IFA_F_TENTATIVE: duplicate address detection is not over yet.</summary>
    [JsonIgnore]
    public bool IsTentative => (Flags & 0x40) is > 0;

    /// <summary>IFA_F_DADFAILED: somebody else has the address.</summary>
    [JsonIgnore]
    public bool HasFailedDad => (Flags & 0x08) is > 0;

    /// <summary>IFA_F_DEPRECATED: good for what is open, not chosen for anything new.</summary>
    [JsonIgnore]
    public bool IsDeprecated => (Flags & 0x20) is > 0;
}
