// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Walks;

/// <summary>
/// What the rules about packet filters have in common. Signal: sample packets of every protocol end at one rule or policy of the node. Threshold:
/// none; a counter that grows raises the confidence. Traps: rules that close one direction of opening only, networks that nobody sends through the
/// tunnel, a living session that contradicts the walk: told as a note or not at all.
/// </summary>
internal abstract class BlockadeRule : IRule
{
    public abstract RuleDescriptor Descriptor { get; }

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from blockade in Blockades.Of(mesh)
        where BlockadeKind.CodeOf(blockade) == Descriptor.Code && Applies(blockade)
        let weight = BlockadeWeight.Of(blockade, Descriptor.Severity)
        where weight is not null
        select Build(blockade, weight.Value);

    /// <summary>Further conditions of a rule.</summary>
    protected virtual bool Applies(Blockade blockade) => true;

    /// <summary>What the rule says beside where it stands.</summary>
    protected virtual string Remark(Blockade blockade) => "";

    /// <summary>Commands of the program that owns the rule; by default those for the rule itself.</summary>
    protected virtual IEnumerable<Remediation?> Mend(Blockade blockade) => new FilterCommands(blockade.Device).LetPass(blockade);

    private RuleFinding Build(Blockade blockade, BlockadeWeight weight)
    {
        var device = blockade.Device;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = Message(blockade),
            Confidence = weight.Confidence,
            Severity = weight.Severity,
            Family = blockade.Family,
            Prefixes = blockade.Locals,
        };
        draft.Evidence(device, FilterText.Place(blockade.Rule), FilterText.Said(blockade.Rule), null, "packet walk");
        foreach (var walk in blockade.Walks.Take(4)) draft.Evidence(device, FilterText.Packet(walk), FilterText.Result(walk), "passes", "packet walk");
        if (blockade.Rule.Packets is { } packets)
        {
            draft.Evidence(
                device,
                $"counter of {FilterText.Place(blockade.Rule)}",
                packets.Growth is { } growth ? string.Create(CultureInfo.InvariantCulture, $"{packets.Value} packets, grew by {growth} during the observation") : string.Create(CultureInfo.InvariantCulture, $"{packets.Value} packets"),
                null,
                "nfnetlink nf_tables, xtables");
        }

        draft.Mend(Mend(blockade));
        // Where one side can open connections the tunnel is not called broken, but a session that is missing is explained.
        if (blockade.Full || (weight.Severity > Severity.Info && blockade.Way is BlockedWay.Outer or BlockedWay.Transit)) Affect(draft, blockade);
        // Whatever the rule is for and whoever owns it: WireGuard's own packets do not pass it.
        return draft.Build() is var finding && blockade.Way == BlockedWay.Outer ? finding with { StopsHandshake = true } : finding;
    }

    private string Message(Blockade blockade)
    {
        var what = blockade.Way switch
        {
            BlockedWay.Outer => $"WireGuard's own packets {(blockade.Inbound ? "to" : "from")} {blockade.Device.Name}",
            BlockedWay.Forwarded => $"what {blockade.Device.Name} carries {Direction(blockade)} {DisplayText.Join(blockade.Locals, 3)} behind the node",
            BlockedWay.Transit => $"what peers of {blockade.Device.Name} send to each other",
            _ => $"what {blockade.Device.Name} carries {Direction(blockade)} the node itself",
        };
        var opens = blockade.OnlyLong ? " as soon as it is long" : blockade.Full ? "" : blockade.Way == BlockedWay.Outer ? " unless this node spoke first" : " when it opens a connection; answers pass";
        return $"{blockade.Device.Node.Name} drops {what} (IPv{(int)blockade.Family}){opens}: {FilterText.Place(blockade.Rule)} says \"{FilterText.Said(blockade.Rule)}\"{FilterText.Owner(blockade.Rule)}.{Remark(blockade)}";
    }

    private static string Direction(Blockade blockade) => (blockade.Inbound, blockade.Outbound) switch
    {
        (true, true) => "from and to",
        (_, true) => "from",
        _ => "to",
    };

    private static void Affect(FindingDraft draft, Blockade blockade)
    {
        var device = blockade.Device;
        var all = blockade.Walks.Any(walk => Safe.List(walk.Peers).Count < walk.Count);
        var peers = all ? device.Peers : blockade.Peers;
        foreach (var peer in peers)
        {
            if (blockade.Way == BlockedWay.Outer)
            {
                draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
                continue;
            }

            if (blockade.Inbound || blockade.Way == BlockedWay.Transit) draft.Affects(peer.Reverse, TunnelState.DroppedAfterDecrypt);
            if (blockade.Outbound || peer.Reverse is null) draft.Affects(peer, TunnelState.NotRoutedIn);
        }
    }
}
