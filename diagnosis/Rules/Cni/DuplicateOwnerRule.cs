// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: devices of two networks on one node, and one takes what the other needs: its port, or prefixes that both own and that are routed into it.
/// Threshold: the effect must be there: the other device is down for want of the port, or the kernel leads its prefixes away.
/// Traps: Kilo is made to run on top of another network; a user's tunnel with wide prefixes loses to the network's narrower routes and harms nobody.
/// </summary>
internal sealed class DuplicateOwnerRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CNI-DUPLICATE-OWNER", Layer.Cni, Severity.Error, "Two networks fight over a node")
    {
        Precedence = Rules.Precedence.ControlPlane + 7,
        Reach = Reach.Node,
        StopsHandshake = true,
        Explanation = "Two programs write the same port, routes or rules, each as often as it likes. What works depends on who wrote last; a network that was removed may have left its "
            + "device behind.",
        FalsifiedBy = "Only one of the two networks is installed and has a device on the node.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var node in mesh.Nodes)
        {
            var owned = node.Devices.Where(device => device is { Namespace.IsHost: true, Link: not null })
                .Select(device => (Device: device, Owner: mesh.OwnerOf(device)))
                .Where(item => item.Owner is { Proof: >= ProofLevel.Named, Profile: { } profile } && profile != KiloProfile.Value)
                .ToList();
            foreach (var (loser, of) in owned.Where(item => item.Owner.Profile!.IsPodNetwork))
            {
                var taker = owned.Find(item => item.Owner.Profile != of.Profile && Takes(item.Device, loser).Any());
                if (taker.Device is not null) yield return Build(taker.Device, taker.Owner.Profile!, loser, of.Profile!);
            }
        }
    }

    private static IEnumerable<Taken> Takes(DeviceView taker, DeviceView loser)
    {
        if (taker.Fact.ListenPort is > 0 and var port && port == loser.Fact.ListenPort && taker.Link!.Up && !loser.Link!.Up && loser.PeerCount > 0)
            yield return new Taken($"UDP port {port}", null);
        foreach (var prefix in loser.Peers.SelectMany(peer => peer.AllowedIps).Where(prefix => !prefix.IsDefault && !prefix.Network.IsLinkLocal))
        {
            if (loser.HasRouteFor(prefix)
                && taker.Peers.Any(peer => peer.AllowedIps.Any(own => !own.IsDefault && own.Overlaps(prefix)))
                && loser.Namespace.Fib.Lookup(PrefixMath.Representative(prefix)) is { } winner && NamespaceView.LeadsTo(winner, taker.Link!.Index))
                yield return new Taken(prefix.ToString(), prefix);
        }
    }

    private RuleFinding Build(DeviceView taker, CniProfile by, DeviceView loser, CniProfile of)
    {
        var taken = Takes(taker, loser).ToList();
        var draft = new FindingDraft(Descriptor, taker)
        {
            Message = $"On {taker.Node.Name} {by.Name} ({taker.Name}) takes {DisplayText.Join(taken.Select(item => item.What), 3)} from {of.Name} ({loser.Name}).",
            Confidence = 0.88,
            Prefixes = [.. taken.Where(item => item.Prefix is not null).Select(item => item.Prefix!.Value).Distinct()],
        };
        draft.Evidence(taker, $"wg show {taker.Name}", $"port {taker.Fact.ListenPort}, {taker.PeerCount} peers", null);
        draft.Evidence(loser, $"wg show {loser.Name}", $"port {loser.Fact.ListenPort}, {loser.PeerCount} peers, {(loser.Link!.Up ? "up" : "down")}", null);
        foreach (var item in taken.Where(item => item.Prefix is not null).Take(8)) draft.Evidence(loser, $"ip route get {PrefixMath.Representative(item.Prefix!.Value)}", $"dev {taker.Name}", $"dev {loser.Name}", "rtnetlink");
        foreach (var peer in loser.Peers.Where(peer => taken.Exists(item => item.Prefix is not { } prefix || peer.AllowedIps.Contains(prefix)))) draft.Affects(peer, TunnelState.NotRoutedIn);
        // Nobody answers what a network left behind.
        foreach (var peer in taker.Peers.Where(peer => !peer.KeyIsKnown && !peer.Fact.Received.Grew)) draft.Affects(peer, TunnelState.NoHandshake);
        return draft.Build();
    }

    private sealed record Taken(string What, IpPrefix? Prefix);
}
