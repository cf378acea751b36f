// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Conntrack;

/// <summary>
/// Signal: what comes out of the tunnel and fits no connection ends at a rule that looks at the state, and that rule counted. Threshold: more than
/// the odd packet after a reset. Traps: such a rule is everywhere and normal; without a counter that grows it is not reported.
/// </summary>
internal sealed class ConntrackInvalidDropRule : IRule
{
    /// <summary>A closed connection leaves one or two packets behind.</summary>
    private const ulong Many = 5;

    public RuleDescriptor Descriptor { get; } = new("WG-CONNTRACK-INVALID-DROP", Layer.Conntrack, Severity.Error, "Packets that fit no connection are dropped")
    {
        Precedence = Rules.Precedence.Receiver + 5,
        Explanation = "Connection tracking calls a packet invalid when it saw only one direction of the flow or when TCP's window does not fit. A rule that drops invalid packets then breaks connections whose "
            + "two directions take different ways.",
        FalsifiedBy = "With net.netfilter.nf_conntrack_tcp_be_liberal=1 the connections break all the same.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        from walk in Blockades.WalksOf(device)
        where walk.States.Contains(WalkState.Invalid) && Blockades.IsDrop(walk)
            && walk.Stop!.Rule is { Packets.Growth: >= Many } rule && (rule.Traits & WalkRuleTraits.State) != WalkRuleTraits.None
            && !Blockades.Of(device).Any(blockade => blockade.Rule.Handle == rule.Handle && blockade.Rule.Chain == rule.Chain)
        select Build(device, walk, walk.Stop!.Rule!);

    private RuleFinding Build(DeviceView device, WalkFact walk, WalkRule rule)
    {
        var invalid = device.Namespace.Facts.Conntrack?.Value?.Statistics?.Invalid?.Growth;
        var commands = new FilterCommands(device);
        return new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} dropped {rule.Packets?.Growth} packets that fit no connection: {FilterText.Place(rule)} says \"{FilterText.Said(rule)}\"{FilterText.Owner(rule)}.",
            Confidence = invalid >= Many ? 0.75 : 0.6,
            Severity = Severity.Warning,
            Family = walk.Family,
        }
        .Evidence(device, $"counter of {FilterText.Place(rule)}", $"grew by {rule.Packets?.Growth} during the observation", "0", "nfnetlink nf_tables, xtables")
        .Evidence(device, "conntrack -S invalid", invalid is { } grown ? $"grew by {grown} during the observation" : "not counted by this kernel", "0", "ctnetlink IPCTNL_MSG_CT_GET_STATS_CPU")
        .Mend(commands.Line("sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1", "sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=0", "running system until reboot; a test, for the cure is symmetric routing"))
        .Build();
    }
}
