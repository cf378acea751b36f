// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Peers;

/// <summary>
/// Chooses the peers of a device that are listed in full: those in trouble, those with a sign that another node may understand, and a sample that
/// shows the other nodes what is usual. The rest is counted. At most <see cref="Limit"/>, whatever happens.
/// </summary>
internal sealed class PeerSelection
{
    /// <summary>Greatest number of listed peers.</summary>
    public const int Limit = 256;

    /// <summary>When more peers than this are in trouble, it is the node's own: some of them show it, and the other ends name the rest.</summary>
    private const int TroubleLimit = 128;

    private const int TroubleSample = 64;

    /// <summary>Of peers that cannot be read, which no digest can stand for.</summary>
    private const int KeylessLimit = 8;

    private readonly HashSet<PeerView> _listed = [];
    private readonly HashSet<PeerView> _uncertain = [];
    private readonly LocalVerdicts _local;

    public PeerSelection(DeviceView device, LocalVerdicts local)
    {
        Device = device;
        _local = local;
        var trouble = device.Peers.Where(peer => local.Of(peer) is not (TunnelState.Healthy or TunnelState.Idle)).ToList();
        _listed.UnionWith(trouble.Count <= TroubleLimit ? trouble : InHashOrder(trouble).Take(TroubleSample));
        var own = device.Key is { } key ? PeerHash.OfKey(key) : 0;
        _listed.UnionWith(device.Peers.Where(peer => PeerHash.IsSampled(own, PeerHash.OfKey(peer.Key), device.Peers.Count)).Take(Limit / 4));
        foreach (var (peers, tells) in new PeerSigns(device, local).All())
        {
            foreach (var peer in peers)
            {
                if (_listed.Count < Limit) _listed.Add(peer);
                else if (tells && !_listed.Contains(peer)) _uncertain.Add(peer);
            }
        }

        Listed = device.Peers.Where(_listed.Contains).ToList();
        Unlisted = device.Peers.Where(peer => !_listed.Contains(peer)).ToList();
    }

    public DeviceView Device { get; }

    public IReadOnlyList<PeerView> Listed { get; }

    public IReadOnlyList<PeerView> Unlisted { get; }

    /// <summary>The device as it is reported.</summary>
    public WireGuardDeviceFact ToFact() => Device.Fact with
    {
        Peers = [.. Listed.Select(peer => peer.Fact), .. Device.Fact.Peers.Where(peer => PublicKeys.Canonical(peer?.PublicKey) is null && peer is not null).Take(KeylessLimit)],
        OmittedPeers = Unlisted.Count,
        Digest = MakeDigest(),
    };

    private PeerDigest MakeDigest()
    {
        var (keys, entries) = (new PeerSketch(), new PeerSketch());
        foreach (var peer in Unlisted)
        {
            keys.Add(PeerHash.OfKey(peer.Key));
            entries.Add(PeerHash.OfEntry(peer.Key, peer.AllowedIps));
        }

        var states = Unlisted.CountBy(StateOf).ToDictionary();
        int Count(TunnelState state) => states.GetValueOrDefault(state);
        var (healthy, idle, degraded, unknown) = (Count(TunnelState.Healthy), Count(TunnelState.Idle), Count(TunnelState.Degraded), Count(TunnelState.Unknown));
        return new PeerDigest
        {
            Healthy = healthy,
            Idle = idle,
            Degraded = degraded,
            Unknown = unknown,
            Broken = Unlisted.Count - healthy - idle - degraded - unknown,
            ReceivedData = Sum(peer => Traffic.DataGrowth(peer.Fact.Received, peer)),
            SentData = Sum(peer => Traffic.DataGrowth(peer.Fact.Sent, peer)),
            Keys = keys.ToBytes(),
            Entries = entries.ToBytes(),
        };
    }

    private ulong Sum(Func<PeerView, ulong> value) => Unlisted.Aggregate(0UL, (sum, peer) => unchecked(sum + value(peer)));

    private TunnelState StateOf(PeerView peer) => _uncertain.Contains(peer) ? TunnelState.Unknown : _local.Of(peer);

    /// <summary>An order that has nothing to do with names or addresses.</summary>
    public static IOrderedEnumerable<PeerView> InHashOrder(IEnumerable<PeerView> peers) => peers.OrderBy(peer => PeerHash.OfKey(peer.Key));
}
