// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>WireGuard's own packets, and what the underlay needs for them.</summary>
internal sealed class OuterSamples(DeviceView device, SampleRunner runner, WalkTally tally)
{
    private const byte Solicitation = 135, Advertisement = 136;

    private static readonly WalkState[] Ordinary = [WalkState.New, WalkState.Established];

    public void Walk(PeerView peer, bool first)
    {
        // A link-local endpoint means a different way on every link; which one is not among the facts.
        if (peer.Endpoint is not { } endpoint || endpoint.Address.IsLinkLocal || device.Fact.ListenPort == 0) return;
        var mark = device.Fact.FirewallMark;
        if (runner.Space.Routes.Ask(new RoutingQuestion(endpoint.Address, Mark: mark, Protocol: 17)) is not { Error: null, Type: RouteType.Unicast, Link: { } index } route) return;
        if (runner.Space.Link(index) is not { } uplink || route.Source is not { } source || runner.Space.WireGuard(uplink.Name) is not null) return;
        var here = new IpEndpoint(source, device.Fact.ListenPort);
        foreach (var state in Ordinary)
        {
            // The kernel's own socket has no file behind it, and so no user and no group that a rule could ask for.
            var leaving = SamplePacket.Outer(here, endpoint, state) with { Mark = mark, Socket = device.IsUserspace ? null : new PacketSocket { Exists = false } };
            tally.Add(Flow(WalkPurpose.OuterOut, peer, source.Family, state), [(leaving, runner.FromHere(leaving, null, sourceChosen: false))], null);
            var coming = SamplePacket.Outer(endpoint, here, state);
            tally.Add(Flow(WalkPurpose.OuterIn, peer, source.Family, state), [(coming, runner.To(coming, uplink))], uplink.Name);
        }

        if (first) Around(peer, endpoint, here, uplink, route.Gateway ?? endpoint.Address);
    }

    /// <summary>A device none of whose peers has an endpoint waits to be called: by somebody from anywhere, by the way to the world.</summary>
    public void WalkCaller(IpFamily family)
    {
        var world = SamplePeers.World(family);
        if (device.Fact.ListenPort == 0 || runner.Space.Routes.Ask(new RoutingQuestion(world, Mark: device.Fact.FirewallMark)) is not { Error: null, Type: RouteType.Unicast, Link: { } index, Source: { } source }) return;
        if (runner.Space.Link(index) is not { } uplink || runner.Space.WireGuard(uplink.Name) is not null) return;
        var (caller, here) = (new IpEndpoint(world, device.Fact.ListenPort), new IpEndpoint(source, device.Fact.ListenPort));
        foreach (var state in Ordinary)
        {
            var coming = SamplePacket.Outer(caller, here, state);
            tally.Add(new SampleFlow(device.RawName, WalkPurpose.OuterIn, family, state), [(coming, runner.To(coming, uplink))], uplink.Name);
        }
    }

    private void Around(PeerView peer, IpEndpoint endpoint, IpEndpoint here, LinkFact uplink, IpAddr neighbour)
    {
        foreach (var own in device.Addresses(here.Address.Family).Take(1))
        {
            var stray = SamplePacket.Of(17, endpoint.Address, own.Address, WalkState.New);
            tally.Add(Flow(WalkPurpose.DeviceAddressFromOutside, peer, here.Address.Family, WalkState.New), [(stray, runner.To(stray, uplink))], uplink.Name);
        }

        if (here.Address.Family != IpFamily.IPv6) return;
        var tooBig = SamplePacket.TooBig(neighbour, here.Address);
        tally.Add(Flow(WalkPurpose.TooBigOuter, peer, IpFamily.IPv6, WalkState.Related), [(tooBig, runner.To(tooBig, uplink))], uplink.Name);
        foreach (var type in new[] { Solicitation, Advertisement })
        {
            var coming = SamplePacket.Neighbour(neighbour, here.Address, type);
            tally.Add(Flow(WalkPurpose.NeighbourIn, peer, IpFamily.IPv6, WalkState.Untracked), [(coming, runner.To(coming, uplink))], uplink.Name);
            var leaving = SamplePacket.Neighbour(here.Address, neighbour, type);
            tally.Add(Flow(WalkPurpose.NeighbourOut, peer, IpFamily.IPv6, WalkState.Untracked), [(leaving, runner.FromHere(leaving, uplink.Index))], null);
        }
    }

    private SampleFlow Flow(WalkPurpose purpose, PeerView peer, IpFamily family, WalkState state) => new(device.RawName, purpose, family, state, null, peer.Key);
}
