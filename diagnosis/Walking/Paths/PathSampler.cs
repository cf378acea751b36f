// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Paths;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Walking.Samples;

namespace KubeWgDiag.Diagnosis.Walking.Paths;

/// <summary>Walks the packets of asked paths over this node: out of it where it has the path's beginning, into it where it has its end, and the answers back.</summary>
public static class PathSampler
{
    private const string Source = "walks of asked paths over the kernel's routes and the packet filters";

    /// <summary>Tunnels by which a packet is tried to come in.</summary>
    private const int MaxDevices = 4;

    private static readonly EvaluationOptions Effort = new() { MaxPaths = 256, MaxRules = 1_000_000, MaxTrace = 0, Limits = LimitAssumption.AssumeBelow };

    /// <summary>What becomes of the packets; empty where the node has neither end of any of the paths.</summary>
    /// <param name="node">What was read.</param>
    /// <param name="spaces">The namespaces that packets may pass, the host's first, then those of its tunnels, then those of pods.</param>
    /// <param name="questions">The paths; those beyond <see cref="PathQuestion.MaxPaths"/> are not walked.</param>
    /// <param name="sampling">What the walker cannot know by itself.</param>
    public static Fact<IReadOnlyList<PathWalkFact>> Walk(NodeFacts node, IReadOnlyList<WalkNamespace> spaces, IReadOnlyList<PathQuestion> questions, WalkSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(spaces);
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(sampling);
        var legs = new PathLegs(spaces, new WalkFilters(sampling.Now, Effort), new RuleFacts(sampling.Growth), sampling.Now);
        var tally = new PathTally();
        foreach (var question in questions.Take(PathQuestion.MaxPaths).Where(_ => !sampling.IsOver())) new Asked(question, spaces, legs, tally).Walk();
        return new() { Source = Source, At = sampling.Now ?? node.At, Value = tally.Facts };
    }

    /// <summary>One path.</summary>
    private sealed class Asked(PathQuestion question, IReadOnlyList<WalkNamespace> spaces, PathLegs legs, PathTally tally)
    {
        // A pod's namespace stands behind the host's: an address that both have is the pod's.
        private readonly WalkNamespace? _begin = question.FromNode
            ? question.From.Any(spaces[0].Has) ? spaces[0] : null
            : spaces.LastOrDefault(space => question.From.Any(space.Has));

        private readonly WalkNamespace? _end = spaces.LastOrDefault(space => space.Has(question.To));

        private readonly List<(WalkNamespace Space, LinkFact Link, WireGuardDeviceFact Device)> _tunnels =
        [
            .. spaces.SelectMany(space => (space.Facts.KernelWireGuard.Value ?? []).Concat(space.Facts.UserspaceWireGuard.Value ?? [])
                .Select(device => (space, Link: space.Link(device.Name), device))).Where(item => item.Link is not null).Take(MaxDevices).Select(item => (item.space, item.Link!, item.device)),
        ];

        public void Walk()
        {
            if (_begin is not null && OwnSource() is { } source)
            {
                Out(PathWay.RequestOut, _begin, source, question.To, WalkState.New, _end);
                if (_end is null) In(PathWay.ReplyIn, _begin, source, question.To, WalkState.Established);
                else Out(PathWay.ReplyOut, _end, question.To, source, WalkState.Established, _begin);
            }
            else if (_end is not null)
            {
                foreach (var source1 in OtherEnds())
                {
                    In(PathWay.RequestIn, _end, question.To, source1, WalkState.New);
                    Out(PathWay.ReplyOut, _end, question.To, source1, WalkState.Established, null);
                }
            }
        }

        private IpAddr? OwnSource() => question.FromNode
            ? spaces[0].Routes.Ask(new RoutingQuestion(question.To, Protocol: question.Protocol, DestinationPort: question.Port))?.Source ?? question.From.FirstOrDefault(spaces[0].Has)
            : question.From.First(_begin!.Has);

        // Whom a node sends as is chosen by its routes. From here it is known by what its peer entry lets in.
        private IEnumerable<IpAddr> OtherEnds() => question.FromNode
            ? question.From.Concat(_tunnels.SelectMany(tunnel => tunnel.Device.Peers).Where(peer => peer.Endpoint is { } endpoint && question.From.Contains(endpoint.Address))
                    .SelectMany(peer => peer.AllowedIps).Where(prefix => prefix.Family == question.To.Family && !prefix.IsDefault).OrderByDescending(prefix => prefix.Length).Select(prefix => prefix.Network))
                .Distinct().Take(PathQuestion.MaxSources)
            : question.From.Take(PathQuestion.MaxSources);

        private void Out(PathWay way, WalkNamespace space, IpAddr from, IpAddr to, WalkState state, WalkNamespace? expected)
        {
            var trail = legs.FromHere(space, SamplePacket.Of(question.Protocol, from, to, state, question.Port));
            var bypassed = trail.Tunnel is null && trail.NextHop is not null ? OwnerOf(to) : null;
            tally.Add(FactOf(way, from, to, null, trail, expected) with { Bypassed = bypassed });
        }

        private void In(PathWay way, WalkNamespace expected, IpAddr here, IpAddr there, WalkState state)
        {
            var packet = SamplePacket.Of(question.Protocol, there, here, state, question.Port);
            foreach (var (space, link, device) in _tunnels) tally.Add(FactOf(way, here, there, device.Name, legs.FromTunnel(space, link, device, packet), expected));
            if (spaces[0].Routes.Ask(new RoutingQuestion(there)) is not { Error: null, Type: RouteType.Unicast, Link: { } back } || spaces[0].Link(back) is not { } input) return;
            if (spaces[0].WireGuard(input.Name) is null) tally.Add(FactOf(way, here, there, input.Name, legs.FromDevice(spaces[0], input, packet), expected));
        }

        private PathWalkFact FactOf(PathWay way, IpAddr here, IpAddr there, string? input, PathTrail trail, WalkNamespace? expected)
        {
            // An answer or a request that comes in has to arrive here; one that goes out only where its other end is here as well.
            var arrived = trail.Delivered is not null && ReferenceEquals(trail.Delivered, expected);
            var isOutbound = way is PathWay.RequestOut or PathWay.ReplyOut;
            var astray = trail.Result == WalkResult.Passed && !arrived && (trail.Delivered is not null || !isOutbound || expected is not null);
            return new PathWalkFact
            {
                Path = question.Name,
                Target = question.To,
                Way = way,
                Here = here,
                There = [there],
                Protocol = question.Protocol,
                Port = question.Port,
                Input = input,
                Steps = trail.Steps,
                Result = astray || (trail.Result == WalkResult.Passed && IsTurned(trail.Nat)) ? WalkResult.Diverted : trail.Result,
                Arrived = arrived,
                NextHop = trail.NextHop,
                Tunnel = trail.Tunnel,
                Stop = trail.Stop,
                Nat = trail.Nat,
                DependsOn = trail.Result == WalkResult.Undetermined ? trail.DependsOn : null,
            };
        }

        private PathTunnelFact? OwnerOf(IpAddr address) => _tunnels
            .Select(tunnel => TunnelStage.Owner(tunnel.Device, address) is var (peer, prefix) && !prefix.IsDefault ? new PathTunnelFact(tunnel.Device.Name, peer.PublicKey, prefix, tunnel.Link.Mtu) : null)
            .FirstOrDefault(owner => owner is not null);

        private static bool IsTurned(WalkNat? nat) => nat is { Destination: not null } or { Kind: "dnat" or "redirect" };
    }
}
