// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>A neighbour table entry (RTM_NEWNEIGH).</summary>
/// <param name="Link">Interface index; 0 for a proxy entry that holds on every device.</param>
/// <param name="Address">The neighbour's address.</param>
/// <param name="State">NUD_* in the kernel's words: INCOMPLETE, REACHABLE, STALE, DELAY, PROBE, FAILED, NOARP, PERMANENT; NONE for a proxy entry.</param>
public sealed record NeighbourFact(int Link, IpAddr Address, string State)
{
    // What follows came later than the format: null also in facts of older versions.

    /// <summary>NDA_LLADDR as bytes with colons; null while it is not known.</summary>
    public string? LinkLayerAddress { get; init; }

    /// <summary>NTF_* of linux/neighbour.h: 8 proxy, 16 learned from outside, 32 offloaded, 128 router; null = none.</summary>
    public byte? Flags { get; init; }

    /// <summary>NTF_EXT_* (NDA_FLAGS_EXT): 1 the kernel keeps it alive; null = none.</summary>
    public uint? ExtendedFlags { get; init; }

    /// <summary>Seconds since the neighbour was last known to be reachable (NDA_CACHEINFO).</summary>
    public uint? ConfirmedSeconds { get; init; }

    /// <summary>Seconds since the entry was last used (NDA_CACHEINFO).</summary>
    public uint? UsedSeconds { get; init; }

    /// <summary>Seconds since the entry last changed (NDA_CACHEINFO).</summary>
    public uint? UpdatedSeconds { get; init; }

    /// <summary>NDA_PROBES: questions asked without an answer.</summary>
    public uint? Probes { get; init; }

    /// <summary>NDA_PROTOCOL: who made the entry, RTPROT_*; null = the kernel or not told.</summary>
    public byte? Protocol { get; init; }

    /// <summary>NTF_PROXY: this node answers for the address.</summary>
    [JsonIgnore]
    public bool IsProxy => (Flags & 8) is > 0;
}
