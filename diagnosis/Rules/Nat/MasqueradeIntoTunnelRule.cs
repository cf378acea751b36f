// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Nat;

/// <summary>
/// Signal: a rule of the node gives what enters the tunnel another source, and the far end's AllowedIPs for this node have the old source but not the
/// new one. Threshold: none. Traps: a new source that the far end allows works and only hides who asked; networks that nobody sends through the
/// tunnel (docker's own bridge); with nobody observed at the far end the outcome is not known.
/// </summary>
internal sealed class MasqueradeIntoTunnelRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-MASQUERADE-INTO-TUNNEL", Layer.Nat, Severity.Critical, "NAT gives tunnel traffic a source that the far end refuses")
    {
        Precedence = Rules.Precedence.Sources,
        Explanation = "WireGuard's far end drops what it decrypts unless the inner source is in its AllowedIPs for this node. A masquerade or SNAT rule that also matches what enters the tunnel changes that "
            + "source on the last step before encryption.",
        FalsifiedBy = "A capture on the tunnel device shows the pods' own addresses as source, or the far end's AllowedIPs hold the new one.",
        Reach = Reach.Tunnels,
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        from rule in Blockades.WalksOf(device)
            .Where(walk => walk is { Purpose: WalkPurpose.InnerOut or WalkPurpose.LocalOut, Result: WalkResult.Passed, Protocols: null, Packet: not null, Nat: { Source: not null, Rule: not null } })
            .GroupBy(walk => (walk.Family, walk.Nat!.Rule!.Table, walk.Nat.Rule.Chain, walk.Nat.Rule.Handle, walk.Nat.Source))
        let finding = Judge(device, [.. rule])
        where finding is not null
        select finding;

    private RuleFinding? Judge(DeviceView device, List<WalkFact> walks)
    {
        var source = walks[0].Nat!.Source!.Value;
        var peers = device.Peers.Where(peer => walks.Exists(walk => walk.Count > Safe.List(walk.Peers).Count || Safe.List(walk.Peers).Contains(peer.Key))).ToList();
        // The far end's list as it is enforced: what another peer has a longer prefix for is not this node's.
        var known = peers.Where(peer => peer.Reverse is not null).ToList();
        var refusing = known.Where(peer => !peer.Reverse!.Covers(IpPrefix.Host(source)) && walks.Exists(walk => peer.Reverse.Covers(IpPrefix.Host(walk.Packet!.Source)))).ToList();
        if (refusing.Count > 0) return Build(device, walks, refusing, Descriptor.Severity, refusing.Exists(Suffers) ? 0.97 : 0.92);
        if (known.Count > 0) return known.Exists(peer => peer.Reverse!.Covers(IpPrefix.Host(source)) && walks.Exists(walk => peer.Reverse.Covers(IpPrefix.Host(walk.Packet!.Source))))
            ? Build(device, walks, [], Severity.Info, 0.8)
            : null;
        var own = device.Addresses(source.Family).Any(address => address.Address == source);
        return Build(device, walks, [], Severity.Info, own ? 0.5 : 0.6);
    }

    // Section 0a of the kernel's behaviour: refused sources count as frame errors; a userspace device shows them as a difference.
    private static bool Suffers(PeerView peer) => Drops.Of(peer.Remote!).Inbound > 0;

    private RuleFinding Build(DeviceView device, List<WalkFact> walks, List<PeerView> refusing, Severity severity, double confidence)
    {
        var (nat, rule) = (walks[0].Nat!, walks[0].Nat!.Rule!);
        var end = refusing.Count > 0 ? $"which {DisplayText.Join(refusing.Select(peer => peer.RemoteName), 3)} does not accept from here" : "which hides who asked";
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} gives what enters {device.Name} the source {nat.Source}, {end}: {FilterText.Place(rule)} says \"{FilterText.Said(rule)}\"{FilterText.Owner(rule)}.",
            Confidence = confidence,
            Severity = severity,
            Family = walks[0].Family,
            Prefixes = [.. walks.Select(walk => walk.Local).OfType<IpPrefix>().Distinct()],
        };
        foreach (var walk in walks.Take(3)) draft.Evidence(device, FilterText.Packet(walk), FilterText.Result(walk), "source unchanged", "packet walk");
        foreach (var peer in refusing.Take(4))
        {
            draft.Evidence(peer.Remote!, $"wg show {peer.Remote!.Name} allowed-ips", $"{DisplayText.Join(peer.Reverse!.AllowedIps)} for {device.Node.Name}", $"{nat.Source} among them, or the source unchanged");
            draft.Affects(peer, TunnelState.RejectedByAllowedIps);
        }

        var commands = new FilterCommands(device);
        draft.Mend(commands.Delete(rule));
        if (severity > Severity.Info) draft.Mend(commands.Line("conntrack -F", null, "forgets all tracked flows of the node, also those that were translated; established ones are picked up again"));
        return draft.Build();
    }
}
