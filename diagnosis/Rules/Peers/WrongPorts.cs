// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Peers;

/// <summary>Pairs in which one end sends to a port of the other's own address on which that device does not listen.</summary>
internal static class WrongPorts
{
    public static IEnumerable<PairGroup<PeerView>> Groups(MeshModel mesh) => Grouping
        .ByCulprit(mesh.Peers.Where(peer => IsWrong(mesh, peer)).Select(peer => new Pair<PeerView>(peer.Device, peer.Remote!, peer)))
        .SelectMany(group => Split(mesh, group));

    /// <summary>
    /// True when the listener changed: all that have it as a peer agree on another port (two or more), or it is the port on which all its siblings listen and
    /// the device does not.
    /// </summary>
    public static bool IsDrift(MeshModel mesh, PairGroup<PeerView> group)
    {
        var about = group.Pairs[0].About;
        if (group.Pairs.Any(pair => pair.About != about)) return false;
        var port = group.Pairs[0].Data.Endpoint!.Value.Port;
        return group.Pairs.All(pair => pair.Data.Endpoint!.Value.Port == port) && (group.ByAll || IsConvention(mesh, about, port));
    }

    /// <summary>Nobody tried, and a redirection on the far node could make the odd port right: only worth a note, unless other peers use the real port.</summary>
    public static bool IsSure(PeerView peer) =>
        peer.Fact.Sent.Grew
        || Session.Tries(peer)
        || peer.Remote!.HeldBy.Any(other => other.Endpoint is { } endpoint && endpoint.Port == peer.Remote.Fact.ListenPort);

    private static bool IsConvention(MeshModel mesh, DeviceView device, ushort port) =>
        device.Fact.ListenPort != port
        && mesh.Siblings(device).Select(sibling => sibling.Fact.ListenPort).Where(sibling => sibling != 0).DefaultIfEmpty<ushort>(0).All(sibling => sibling == port)
        && device.HeldBy.All(entry => entry.IsCounted || entry.Endpoint is null || entry.Endpoint.Value.Port == port || Session.State(entry, mesh.Thresholds) == SessionState.Fresh);

    private static bool IsWrong(MeshModel mesh, PeerView peer) =>
        peer is { Remote: { Fact.ListenPort: not 0 } remote, Endpoint: { } endpoint }
        && endpoint.Port != remote.Fact.ListenPort
        && mesh.Addresses.OwnerOf(endpoint.Address) == remote.Namespace
        // A device that is down has closed its socket; its port says nothing.
        && remote.Link is not { Up: false }
        && !IsTranslated(remote, peer)
        && IsDead(mesh, peer);

    // The far node's own translation gives it that port: connection tracking says so.
    private static bool IsTranslated(DeviceView remote, PeerView peer) =>
        Safe.List(remote.Namespace.Facts.ConntrackFlows?.Value?.EndpointNat).Any(nat => nat.Device == remote.RawName && nat.SourceAfterNat == peer.Endpoint);

    private static bool IsDead(MeshModel mesh, PeerView peer)
    {
        if (peer.Fact.Received.Grew) return false;
        return Session.State(peer, mesh.Thresholds) is SessionState.Never or SessionState.Old
            || (peer.Fact.Sent.Grew && peer.Reverse is { Fact.Received.Growth: 0 });
    }

    // One wrong listen port only when all peers agree on what it was; a holder's own entries are apart from what the convention makes the listener's fault.
    private static IEnumerable<PairGroup<PeerView>> Split(MeshModel mesh, PairGroup<PeerView> group)
    {
        if (group.ByAll && group.Pairs.Select(pair => pair.Data.Endpoint!.Value.Port).Distinct().Count() == 1) return [group];
        var drifted = group.Pairs.GroupBy(pair => pair.About)
            .Where(about => about.All(pair => IsConvention(mesh, about.Key, pair.Data.Endpoint!.Value.Port)))
            .Select(about => new PairGroup<PeerView>(about.Key, false, [.. about])).ToList();
        var taken = drifted.SelectMany(one => one.Pairs).ToHashSet();
        return drifted.Concat(group.Pairs.Where(pair => !taken.Contains(pair)).GroupBy(pair => pair.Holder).Select(own => new PairGroup<PeerView>(own.Key, false, [.. own])));
    }
}
