// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>The sample packets of one device: one peer after the other, so that every sort of packet has been walked when the time is over.</summary>
internal sealed class DeviceSamples(DeviceView device, SampleRunner runner, SampleRunner? socket, WalkTally tally, WalkSampling sampling)
{
    private static readonly WalkState[] Ordinary = [WalkState.New, WalkState.Established];

    private readonly IReadOnlyList<PeerView> _peers = SamplePeers.Of(device, sampling.MaxPeers);

    public void Walk()
    {
        if (device.Link is not { } link) return;
        var outer = socket is null ? null : new OuterSamples(device, socket, tally);
        foreach (var peer in _peers)
        {
            if (peer != _peers[0] && sampling.IsOver()) break;
            outer?.Walk(peer, first: peer == _peers[0]);
        }

        if (outer is not null && device.Peers.All(peer => peer.Endpoint is null))
        {
            outer.WalkCaller(IpFamily.IPv4);
            outer.WalkCaller(IpFamily.IPv6);
        }

        foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
        {
            // Nothing leads into it: a program moves the packets past routes and filters, or nobody uses it.
            if (!device.RoutesInto(family).Any()) continue;
            var networks = SampleNetwork.Of(device.Namespace, family, sampling.MaxNetworks);
            foreach (var peer in _peers)
            {
                // The first peer is walked whatever it takes: a busy node must not look like one where all is well.
                if (peer != _peers[0] && sampling.IsOver()) break;
                Inner(peer, family, link, networks, first: peer == _peers[0]);
            }

            Transit(family, link);
            Hosts(family, link, networks);
            // Last, and for one peer only: hardly any rule looks at lengths.
            if (_peers.Count == 0 || SamplePeers.Address(_peers[0], family, node: false) is not { } behind) continue;
            foreach (var network in networks)
            {
                if (sampling.IsOver()) break;
                Long(WalkPurpose.LongOut, family, _peers[0], network, network.Address, behind, network.Link, link);
                Long(WalkPurpose.LongIn, family, _peers[0], network, behind, network.Address, link, network.Link);
            }
        }
    }

    private void Inner(PeerView peer, IpFamily family, LinkFact link, IReadOnlyList<SampleNetwork> networks, bool first)
    {
        if (SamplePeers.Address(peer, family, node: true) is not { } far || SamplePeers.Address(peer, family, node: false) is not { } behindFar) return;
        IpAddr? own = device.Addresses(family).Select(address => (IpAddr?)address.Address).FirstOrDefault();
        if (own is { } address)
        {
            Flow(WalkPurpose.LocalOut, family, peer, null, address, far, null, (packet, _) => runner.FromHere(packet, link.Index));
            Flow(WalkPurpose.LocalIn, family, peer, null, far, address, link, (packet, _) => runner.To(packet, link));
        }

        foreach (var network in networks)
        {
            if (!first && sampling.IsOver()) return;
            Flow(WalkPurpose.InnerOut, family, peer, network, network.Address, behindFar, network.Link, (packet, even) => runner.Through(packet, network.Link, link.Index, even));
            Flow(WalkPurpose.InnerIn, family, peer, network, behindFar, network.Address, link, (packet, even) => runner.Through(packet, link, network.Link.Index, even));
            if (first) Errors(peer, family, link, network, behindFar);
        }

        if (first) Exit(peer, family, link, far);
    }

    // Last, since most have nothing to tell.
    private void Hosts(IpFamily family, LinkFact link, IReadOnlyList<SampleNetwork> walked)
    {
        foreach (var host in SampleNetwork.Hosts(device.Namespace, family).Where(host => !walked.Any(network => network.Prefix == host.Prefix)))
        {
            foreach (var peer in _peers)
            {
                if (sampling.IsOver()) return;
                if (SamplePeers.Address(peer, family, node: false) is { } far)
                    Flow(WalkPurpose.InnerIn, family, peer, host, far, host.Address, link, (packet, even) => runner.Through(packet, link, host.Link.Index, even));
            }
        }
    }

    private void Flow(
        WalkPurpose purpose, IpFamily family, PeerView peer, SampleNetwork? network, IpAddr from, IpAddr to, LinkFact? input, Func<FilterPacket, bool, SampleOutcome> walk)
    {
        foreach (var state in Ordinary)
        {
            var flow = new SampleFlow(device.RawName, purpose, family, state, network?.Prefix, peer.Key);
            var packets = SamplePacket.Protocols(family).Select(protocol => SamplePacket.Of(protocol, from, to, state)).Select(packet => (packet, walk(packet, false))).ToList();
            tally.Add(flow, packets, input?.Name);
            // Forwarding that is off hides what a filter behind it would do once it is on.
            if (!packets.TrueForAll(item => item.Item2.Stop?.Kind == WalkStopKind.ForwardingOff)) continue;
            var behind = packets.Select(item => (item.packet, walk(item.packet, true))).ToList();
            if (behind.TrueForAll(item => item.Item2 is { Result: WalkResult.Dropped or WalkResult.Rejected, Stop.Rule: not null })) tally.Add(flow, behind, input?.Name);
        }
    }

    // A rule that looks at the length lets the short packets of the other walks pass.
    private void Long(WalkPurpose purpose, IpFamily family, PeerView peer, SampleNetwork network, IpAddr from, IpAddr to, LinkFact input, LinkFact output)
    {
        if (device.Link is not { Mtu: > 0 and var mtu }) return;
        foreach (var state in Ordinary)
        {
            var packets = SamplePacket.Protocols(family).Select(protocol => SamplePacket.Of(protocol, from, to, state) with { Length = mtu })
                .Select(packet => (packet, runner.Through(packet, input, output.Index))).ToList();
            if (packets.TrueForAll(item => item.Item2 is { Result: WalkResult.Dropped or WalkResult.Rejected, Stop.Rule: not null }))
                tally.Add(new SampleFlow(device.RawName, purpose, family, state, network.Prefix, peer.Key), packets, input.Name);
        }
    }

    // Rules for packets that fit no connection, and for "too big", hardly ever tell peers apart: one is enough.
    private void Errors(PeerView peer, IpFamily family, LinkFact link, SampleNetwork network, IpAddr far)
    {
        const byte Tcp = 6;
        var invalid = SamplePacket.Of(Tcp, far, network.Address, WalkState.Invalid);
        tally.Add(Of(WalkPurpose.InnerIn, WalkState.Invalid), [(invalid, runner.Through(invalid, link, network.Link.Index))], link.Name);
        var inbound = SamplePacket.TooBig(far, network.Address);
        tally.Add(Of(WalkPurpose.TooBigIn, WalkState.Related), [(inbound, runner.Through(inbound, link, network.Link.Index))], link.Name);
        if (network.Own is not { } own) return;
        var made = SamplePacket.TooBig(own, network.Address);
        tally.Add(Of(WalkPurpose.TooBigOut, WalkState.Related), [(made, runner.FromHere(made, network.Link.Index))], null);

        SampleFlow Of(WalkPurpose purpose, WalkState state) => new(device.RawName, purpose, family, state, network.Prefix, peer.Key);
    }

    private void Transit(IpFamily family, LinkFact link)
    {
        var ends = _peers.Select(peer => (Peer: peer, Address: SamplePeers.Address(peer, family, node: false))).Where(end => end.Address is not null).Take(2).ToList();
        if (ends.Count < 2) return;
        foreach (var (from, to) in new[] { (ends[0], ends[1]), (ends[1], ends[0]) })
            Flow(WalkPurpose.Transit, family, from.Peer, null, from.Address!.Value, to.Address!.Value, link, (packet, _) => runner.Through(packet, link, link.Index));
    }

    private void Exit(PeerView peer, IpFamily family, LinkFact link, IpAddr far)
    {
        var world = SamplePeers.World(family);
        if (device.Cryptokey.Owner(IpPrefix.Host(world)) is not null) return;
        var packets = SamplePacket.Protocols(family).Select(protocol => SamplePacket.Of(protocol, far, world, WalkState.New))
            .Select(packet => (packet, runner.Through(packet, link, null))).ToList();
        tally.Add(new SampleFlow(device.RawName, WalkPurpose.Exit, family, WalkState.New, null, peer.Key), packets, link.Name);
    }
}
