// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Peers;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>
/// The peers of a device that only its digest stands for, and what a comparison with the other nodes says of them. A digest comes from a node and
/// may say anything: what does not add up is not believed, and nothing is then known of the keys.
/// </summary>
internal sealed class UnlistedPeers
{
    /// <summary>More than any device has; a greater number is a damaged fact.</summary>
    private const int MostPeers = 1_000_000;

    private static readonly HashSet<ulong> NoHashes = [];
    private static readonly HashSet<string> NoKeys = new(StringComparer.Ordinal);

    private readonly PeerDigest _digest;
    private HashSet<string>? _missing;
    private HashSet<ulong> _extra = NoHashes;
    private MeshRoster? _roster;
    private HashSet<string>? _different;

    public UnlistedPeers(WireGuardDeviceFact fact)
    {
        var digest = fact.Digest!;
        int[] counts = [digest.Healthy, digest.Idle, digest.Degraded, digest.Broken, digest.Unknown];
        IsSound = Array.TrueForAll(counts, count => count is >= 0 and <= MostPeers) && counts.Sum() <= MostPeers;
        // Nobody knows how they are, but they are there.
        Totals = IsSound
            ? new TunnelTotals(digest.Healthy, digest.Idle, digest.Degraded, digest.Broken, digest.Unknown)
            : new TunnelTotals(Unknown: Math.Clamp(fact.OmittedPeers, 0, MostPeers));
        _digest = digest;
        ReceivedData = digest.ReceivedData;
        SentData = digest.SentData;
    }

    /// <summary>False when the counts are nonsense.</summary>
    public bool IsSound { get; }

    /// <summary>How many there are, by state.</summary>
    public TunnelTotals Totals { get; }

    /// <summary>What the digest says of the keys; null when it cannot be read. Read when asked, which is seldom: thousands of them are not kept.</summary>
    public PeerSketch? ReadKeys() => IsSound ? PeerSketch.Parse(_digest.Keys.Span) : null;

    /// <summary>What the digest says of the entries; null when it cannot be read.</summary>
    public PeerSketch? ReadEntries() => IsSound ? PeerSketch.Parse(_digest.Entries.Span) : null;

    public ulong ReceivedData { get; }

    public ulong SentData { get; }

    /// <summary>Keys that the mesh has and this device has not; null when that is not known.</summary>
    public IReadOnlyCollection<string>? Missing => _missing;

    /// <summary>Peers whose AllowedIPs are not what the other nodes have for them; null when that is not known.</summary>
    public IReadOnlyCollection<string>? Different => _different;

    /// <summary>The mesh it was compared with; null when that was not possible.</summary>
    public MeshRoster? Roster => _roster;

    /// <summary>True when the AllowedIPs under the key are known to differ from the other nodes'.</summary>
    public bool Differs(string key) => _different?.Contains(key) ?? false;

    /// <summary>True when each unlisted peer either got data and sent it, or did neither: the probe lists all others as long as there is room.</summary>
    public bool AreQuiet => Totals.Unknown + Totals.Broken == 0;

    /// <summary>The result of the comparison of keys.</summary>
    public void SetMembership(MeshRoster roster, IReadOnlyCollection<string> missing, IReadOnlyCollection<ulong> extra)
    {
        _roster = roster;
        _missing = missing.Count == 0 ? NoKeys : new(missing, StringComparer.Ordinal);
        _extra = extra.Count == 0 ? NoHashes : [.. extra];
    }

    /// <summary>The result of the comparison of AllowedIPs.</summary>
    public void SetDifferent(IReadOnlyCollection<string> keys) => _different = keys.Count == 0 ? NoKeys : new(keys, StringComparer.Ordinal);

    /// <summary>Whether the key is among the unlisted ones; null when that is not known.</summary>
    public bool? Holds(string key) => _missing is null || _roster is null
        ? null
        : (_roster.Keys.ContainsKey(key) && !_missing.Contains(key)) || (_extra.Count > 0 && _extra.Contains(PeerHash.OfKey(key)));
}
