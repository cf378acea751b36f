// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>
/// Signal: a network that lies behind one peer is in the AllowedIPs of another one, which neither has it nor leads there.
/// Threshold: the prefix is equal to or narrower than the one the owner should have; other nodes give it to the owner, or the thief never had a
/// handshake.
/// Traps: nested prefixes of hubs and relays, addresses that a CNI moves between nodes, networks that both peers have, an unobserved
/// peer with a living session (it may be a relay), and designs in which every node gives the prefix to that peer.
/// </summary>
internal sealed class OverlapRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ALLOWEDIPS-OVERLAP", Layer.AllowedIPs, Severity.Error, "A prefix went to another peer")
    {
        Precedence = Rules.Precedence.Cryptokey,
        Reach = Reach.Entries,
        Explanation = "A prefix belongs to one peer of a device. Giving it to a second one takes it from the first without a message; packets for it then go to the "
            + "wrong node, and packets from it are refused. Removing the second peer does not give it back.",
        FalsifiedBy = "The peer that has the prefix now also has the network, or leads there.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => OverlapAnalysis.Find(mesh)
        .GroupBy(stolen => stolen.Thief)
        .Select(group => Build([.. group]));

    private RuleFinding Build(IReadOnlyList<StolenPrefix> stolen)
    {
        var thief = stolen[0].Thief;
        var device = thief.Device;
        var prefixes = PrefixMath.WithoutNested(stolen.Select(item => item.StolenAs));
        var families = prefixes.Select(prefix => prefix.Family).Distinct().ToList();
        var owners = stolen.Select(item => item.Owner).Distinct().ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name}, {DisplayText.Join(prefixes, 3)} lies behind {DisplayText.Join(owners.Select(owner => owner.RemoteName))}, but {device.Name} gives it to "
                + (thief.Remote is null ? $"{thief.RemoteName}, which no observed node is." : $"{thief.RemoteName}, which does not have it."),
            Confidence = stolen.Max(item => item.Confidence),
            Entry = thief,
            Family = families.Count == 1 ? families[0] : null,
            Prefixes = prefixes,
        };
        draft.Evidence(device, $"wg show {device.Name} allowed-ips", $"{thief.RemoteName}: {DisplayText.Join(thief.AllowedIps, 8)}", null);
        AddMending(draft, stolen, thief);
        foreach (var owner in owners)
        {
            var restored = Restored(stolen, owner);
            draft.Evidence(device, $"wg show {device.Name} allowed-ips", $"{owner.RemoteName}: {(owner.AllowedIps.Count == 0 ? "(none)" : DisplayText.Join(owner.AllowedIps, 8))}", DisplayText.Join(restored, 8));
            draft.Affects(owner, TunnelState.NotRoutedIn).Affects(owner.Reverse, TunnelState.RejectedByAllowedIps);
        }

        return draft.Build();
    }

    // The thief first: what it keeps would win again, or be pushed back by the next writer.
    private static void AddMending(FindingDraft draft, IReadOnlyList<StolenPrefix> stolen, PeerView thief)
    {
        var commands = new NodeCommands(thief.Device);
        var taken = stolen.Select(item => item.StolenAs).ToHashSet();
        draft.Mend(thief.Remote is null && thief.Fact.LastHandshake is null
            ? commands.RemovePeer(thief)
            : commands.PeerAllowedIps(thief.Key, [.. thief.AllowedIps.Where(prefix => !taken.Contains(prefix))], thief.AllowedIps));
        foreach (var owner in stolen.Select(item => item.Owner).Distinct())
        {
            var restored = Restored(stolen, owner);
            if (!restored.SequenceEqual(owner.AllowedIps)) draft.Mend(commands.PeerAllowedIps(owner.Key, restored, owner.AllowedIps));
        }
    }

    private static List<IpPrefix> Restored(IReadOnlyList<StolenPrefix> stolen, PeerView owner) =>
        PrefixMath.WithoutNested(owner.AllowedIps.Concat(stolen.Where(item => item.Owner == owner).Select(item => item.Restore)));
}
