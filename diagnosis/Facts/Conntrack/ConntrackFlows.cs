// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts.Conntrack;

/// <summary>
/// What one pass over the table showed. The table changes while it is read, and the kernel does not say so: an entry may be missing, and one
/// that is only counted may have been counted twice. Kept ones stand here once.
/// </summary>
public sealed record ConntrackFlows
{
    /// <summary>Entries that were looked at.</summary>
    public long Seen { get; init; }

    /// <summary>False when the time limit ended the pass: then absence proves nothing.</summary>
    public bool Complete { get; init; } = true;

    /// <summary>All entries by what they are, the most frequent first.</summary>
    public IReadOnlyList<ConntrackCount> Counts { get; init; } = [];

    /// <summary>Entries by zone, other than the default zone 0; at most 64 zones.</summary>
    public IReadOnlyDictionary<string, long> Zones { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>What address translation does to the outer packets of each WireGuard endpoint, one for each flow.</summary>
    public IReadOnlyList<EndpointNatFact> EndpointNat { get; init; } = [];

    /// <summary>Entries that are outer flows of WireGuard: a listen port or a peer's endpoint on either side of either tuple.</summary>
    public long OuterSeen { get; init; }

    /// <summary>Those that were kept, the broken-looking ones first.</summary>
    public IReadOnlyList<ConntrackFlow> Outer { get; init; } = [];

    /// <summary>Entries with an address inside an AllowedIPs prefix (other than a default prefix) or on a path that was asked about.</summary>
    public long InnerSeen { get; init; }

    /// <summary>Those that were kept, the broken-looking ones first.</summary>
    public IReadOnlyList<ConntrackFlow> Inner { get; init; } = [];
}

/// <summary>How many entries are of one sort.</summary>
/// <param name="Family">Address family.</param>
/// <param name="Unreplied">No answer was seen.</param>
/// <param name="Nat">What is translated.</param>
/// <param name="Offloaded">Handled by a flow table, in software or hardware.</param>
/// <param name="Entries">How many.</param>
/// <param name="Protocol">IP protocol number; null = one of those beyond the 31 that are counted one by one.</param>
/// <param name="State">TCP, SCTP or DCCP state as <c>conntrack</c> prints it; null for other protocols.</param>
public sealed record ConntrackCount(
    IpFamily Family, bool Unreplied, ConntrackNat Nat, bool Offloaded, long Entries, byte? Protocol = null, string? State = null);

/// <summary>What the reply tuple says about address translation, compared with the original one turned round.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConntrackNat>))]
public enum ConntrackNat
{
    /// <summary>The two mirror each other.</summary>
    None,

    /// <summary>The answers go to another address or port than the source.</summary>
    Source,

    /// <summary>The answers come from another address or port than the destination.</summary>
    Destination,

    /// <summary>Both.</summary>
    Both,
}
