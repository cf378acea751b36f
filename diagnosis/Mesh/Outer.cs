// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Capture;
using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Questions about the outer side of a peer entry: where its packets go, and who is there.</summary>
internal static class Outer
{
    private static readonly IpPrefix[] Private =
    [
        IpPrefix.Parse("10.0.0.0/8"), IpPrefix.Parse("172.16.0.0/12"), IpPrefix.Parse("192.168.0.0/16"), IpPrefix.Parse("100.64.0.0/10"), IpPrefix.Parse("fc00::/7"),
    ];

    /// <summary>RFC 1918, RFC 6598 or RFC 4193: no router of the internet knows it.</summary>
    public static bool IsPrivate(IpAddr address) => Array.Exists(Private, prefix => prefix.Contains(address));

    /// <summary>True when the node has the address, in any of its observed namespaces.</summary>
    public static bool Has(NodeView node, IpAddr address) =>
        node.Namespaces.Exists(ns => ns.Addresses.Any(own => own.Address == address));

    /// <summary>Addresses of the device's namespace by which it can be reached from outside.</summary>
    public static IEnumerable<AddressFact> Addresses(DeviceView device, IpFamily family) => device.Namespace.Addresses
        .Where(own => own.Address.Family == family && device.Namespace.UnderlayLinks.Contains(own.Link)
            && !own.Address.IsLinkLocal && !own.Address.IsLoopback && !own.Unusable);

    /// <summary>True when the address is on a segment that the device's node is on itself.</summary>
    public static bool IsOnSegment(DeviceView device, IpAddr address) => Addresses(device, address.Family)
        .Any(own => IpPrefix.TryCreate(own.Address, own.PrefixLength, out var segment) && !segment.IsHost && segment.Contains(address));

    /// <summary>True when the endpoint is the remote device's own socket as far as both nodes know.</summary>
    public static bool IsRight(PeerView peer) => peer is { Endpoint: { } endpoint, Remote: { } remote }
        && endpoint.Port == remote.Fact.ListenPort && Has(remote.Node, endpoint.Address);

    /// <summary>How others see the device from outside when that is not an address of its own: a living session over a translated address proves the translation.</summary>
    public static PeerView? SeenThroughNat(MeshModel mesh, DeviceView device, PeerView? except = null) => device.HeldBy.Find(entry =>
        entry != except && !entry.IsCounted && entry.Endpoint is { } endpoint
        && Session.State(entry, mesh.Thresholds) == SessionState.Fresh
        && !endpoint.Address.IsLoopback
        && !Has(device.Node, endpoint.Address)
        // An address of its own segment is one that it had until a moment ago.
        && !IsOnSegment(device, endpoint.Address));

    /// <summary>
    /// True when this node itself translates what goes to the endpoint, as for a virtual address of a Service: then the address is nobody's, and where the packets
    /// go is another question.
    /// </summary>
    public static bool IsTranslatedHere(PeerView peer)
    {
        if (peer.Endpoint is not { } endpoint) return false;
        var facts = peer.Device.Namespace.Facts;
        return Safe.List(facts.ConntrackFlows?.Value?.Outer).Any(flow => flow.Original?.DestinationEndpoint == endpoint && flow.Reply?.SourceEndpoint is { } reply && reply != endpoint)
            || Safe.List(facts.Walks).Any(walk => walk is { Purpose: WalkPurpose.OuterOut, Nat: { } nat, Packet.Destination: var to } && to == endpoint.Address
                && (nat.Destination is not null || nat.DestinationPort is not null));
    }

    /// <summary>
    /// True when this side sends and nothing at all comes back: it tries without a living session, or its data on a living one did not arrive during a common
    /// observation.
    /// </summary>
    public static bool Fails(MeshModel mesh, PeerView peer)
    {
        if (peer.Endpoint is null || peer.Fact.Received.Grew || peer.IsCounted || peer.Device.Link is { Up: false }) return false;
        if (Session.State(peer, mesh.Thresholds) is SessionState.Never or SessionState.Old) return Session.Tries(peer);
        return peer.Reverse is not null
            && TruthTable.Match(PairReader.Of(mesh, peer)) is { Verdict: PairVerdict.NothingDecrypted or PairVerdict.NothingArrives or PairVerdict.NothingAccepted or PairVerdict.WrongPort };
    }

    /// <summary>What a capture saw of the peer; null when nobody captured.</summary>
    public static OuterCaptureFact? Capture(PeerView peer) => Safe.List(peer.Device.Node.Facts.OuterCaptures)
        .FirstOrDefault(capture => capture.Device == peer.Device.RawName && PublicKeys.Canonical(capture.PeerKey) == peer.Key && capture is { Received: not null, Sent: not null });

    /// <summary>Test datagrams to the peer's node.</summary>
    public static IEnumerable<OuterTestFact> Tests(PeerView peer) => Safe.List(peer.Device.Node.Facts.OuterTests)
        .Where(test => test.Device == peer.Device.RawName && PublicKeys.Canonical(test.PeerKey) == peer.Key && test.Sent > 0);

    /// <summary>What configurations want of the device.</summary>
    public static IEnumerable<TunnelConfigFact> Configs(DeviceView device) =>
        Safe.List(device.Node.Facts.TunnelConfigs).Where(config => config.Device == device.RawName);
}
