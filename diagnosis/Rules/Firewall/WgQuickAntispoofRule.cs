// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>
/// Signal: a packet for the tunnel address that comes by the underlay ends at a rule about address types in prerouting, and the rule's counter grows.
/// Threshold: the counter, for the rule protects on purpose and is a fault only where somebody means to come that way. Trap: wg-quick's own rule has no
/// counter, and is not reported for that.
/// </summary>
internal sealed class WgQuickAntispoofRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-WGQUICK-ANTISPOOF", Layer.Firewall, Severity.Warning, "wg-quick's protection drops what comes by another way")
    {
        Precedence = Rules.Precedence.Receiver + 8,
        Explanation = "wg-quick drops packets for the tunnel address that come in by any other device, so that nobody beside the tunnel can talk to it. Traffic that is meant to come by another way "
            + "(port forwarding, an asymmetric route) ends there as well.",
        FalsifiedBy = "The rule's counter stands still while packets are lost, or nobody is meant to reach the address by that way.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        from walk in Blockades.WalksOf(device)
        where walk.Purpose == WalkPurpose.DeviceAddressFromOutside && Blockades.IsDrop(walk)
            && walk.Stop!.Rule is { Hook: NetfilterHook.Prerouting, Packets.Growth: > 0 } rule && (rule.Owner == "wg-quick" || (rule.Traits & WalkRuleTraits.AddressType) != WalkRuleTraits.None)
        select Build(device, walk, walk.Stop!.Rule!);

    private RuleFinding Build(DeviceView device, WalkFact walk, WalkRule rule) => new FindingDraft(Descriptor, device)
    {
        Message = $"{device.Node.Name} drops what comes to the address of {device.Name} by another device: {FilterText.Place(rule)} says \"{FilterText.Said(rule)}\"{FilterText.Owner(rule)}, and it counted {rule.Packets?.Growth} packets during the observation.",
        Confidence = 0.6,
        Family = walk.Family,
    }
    .Evidence(device, FilterText.Packet(walk), FilterText.Result(walk), null, "packet walk")
    .Mend(new FilterCommands(device).Delete(rule))
    .Build();
}
