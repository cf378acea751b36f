// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>
/// Signal: a peer without any AllowedIPs, in a complete list of peers.
/// Threshold: the peer is an observed node and has AllowedIPs for this one. Where it is known which prefixes it should have, WG-ALLOWEDIPS-MISSING-DST or -SRC say
/// so and which way the packets die, or WG-ALLOWEDIPS-OVERLAP who took them; this code is what is left.
/// Traps: Flannel's entry for a key that was replaced (nobody has that key any more); prefixes that another peer took are that finding; an entry for a node
/// that is about to be set up has none at the other end either.
/// </summary>
internal sealed class NoAllowedIpsRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ALLOWEDIPS-NONE", Layer.AllowedIPs, Severity.Error, "A peer has no AllowedIPs")
    {
        Precedence = Rules.Precedence.Cryptokey + 1,
        Reach = Reach.Tunnels,
        ExplainedBy = ["WG-ALLOWEDIPS-OVERLAP"],
        Explanation = "Such a peer finishes handshakes and looks alive, but nothing is ever sent to it, and everything it sends is refused for its source.",
        FalsifiedBy = "`wg show <device> allowed-ips` lists a prefix for the peer.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        var empty = (from device in mesh.Devices
                     where device.PeersComplete && device.Fact.OmittedPeers == 0
                     from peer in device.Peers
                     where peer is { AllowedIps.Count: 0, Remote: not null, Reverse.AllowedIps.Count: > 0 }
                     select peer).ToList();
        if (empty.Count == 0) return [];
        // What it should have is known: then it is told which way the packets die, or who took the prefixes.
        var told = GapAnalysis.Find(mesh).Select(gap => gap.Entry).Concat(OverlapAnalysis.Find(mesh).Select(stolen => stolen.Owner)).ToHashSet();
        return Grouping.ByCulprit(empty.Where(peer => !told.Contains(peer)).Select(peer => new Pair<PeerView>(peer.Device, peer.Remote!, peer))).Select(Build);
    }

    private RuleFinding Build(PairGroup<PeerView> group)
    {
        var culprit = group.Culprit;
        var peers = group.Pairs.Select(pair => pair.Data).ToList();
        var draft = new FindingDraft(Descriptor, culprit)
        {
            Message = group.ByAll
                ? $"None of the {peers.Count} peers of {culprit.Node.Name} has any AllowedIPs for it: nothing is sent there or taken from there."
                : $"On {culprit.Node.Name} the {(peers.Count == 1 ? "peer" : "peers")} {DisplayText.Join(peers.Select(peer => peer.RemoteName), 3)} of {culprit.Name} {(peers.Count == 1 ? "has" : "have")} no AllowedIPs: nothing is sent there or taken from there.",
            Confidence = 0.95,
            Entry = peers.Count == 1 ? peers[0] : null,
        };
        foreach (var peer in peers)
        {
            var device = peer.Device;
            var wanted = PrefixMath.WithoutNested(peer.Remote!.HeldBy.Where(other => other != peer).SelectMany(other => other.AllowedIps)
                .Concat(peer.Remote.Owned.Where(owned => device.HasRouteFor(owned.Prefix)).Select(owned => owned.Prefix))
                .Where(prefix => !prefix.IsDefault && !device.Namespace.LocalNetworks.Exists(local => local.Prefix.Overlaps(prefix))));
            draft.Evidence(device, $"wg show {device.Name} allowed-ips", $"{peer.RemoteName}: (none)", wanted.Count == 0 ? "its networks" : DisplayText.Join(wanted));
            if (wanted.Count > 0) draft.Mend(new NodeCommands(device).PeerAllowedIps(peer.Key, wanted, []));
            draft.Affects(peer, TunnelState.NotRoutedIn).Affects(peer.Reverse, TunnelState.RejectedByAllowedIps);
        }

        return draft.Build();
    }
}
