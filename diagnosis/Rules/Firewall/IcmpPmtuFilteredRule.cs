// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>
/// Signal: "fragmentation needed" or "packet too big" is dropped by a rule of this node where ordinary packets pass, on the way to somebody who needs
/// it. Threshold: what is behind the node has a greater MTU than the tunnel, so such messages are really made. Traps: pods with the tunnel's MTU never
/// get one; an IPv4 underlay needs none for the kernel's WireGuard, which lets its own packets be fragmented.
/// </summary>
internal sealed class IcmpPmtuFilteredRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ICMP-PMTU-FILTERED", Layer.Firewall, Severity.Error, "A rule drops the messages that tell senders their packets are too big")
    {
        Precedence = Rules.Precedence.Data + 4,
        Explanation = "A sender learns from ICMP that a packet is too big for the way. When a rule drops these messages it sends the same packet for ever: small requests work, large answers hang.",
        FalsifiedBy = "A capture at the sender shows the messages arriving.",
    };

    /// <summary>Walks of "too big" messages that end at a rule, where ordinary packets of the same way do not.</summary>
    public static IEnumerable<WalkFact> Filtered(DeviceView device)
    {
        var walks = Blockades.WalksOf(device).ToList();
        var blocked = walks.Where(Blockades.IsDrop).ToList();
        return blocked.Where(walk => walk.Stop?.Rule is not null && walk.Purpose switch
        {
            WalkPurpose.TooBigIn => !Drops(WalkPurpose.InnerIn, walk),
            WalkPurpose.TooBigOut => true,
            WalkPurpose.TooBigOuter => !Drops(WalkPurpose.OuterIn, walk),
            _ => false,
        });

        bool Drops(WalkPurpose purpose, WalkFact walk) =>
            blocked.Exists(other => other.Purpose == purpose && other.Family == walk.Family && other.Local == walk.Local && !other.States.Contains(WalkState.Invalid));
    }

    /// <summary>What is behind the node sends packets that are too big for the tunnel.</summary>
    public static bool IsNeeded(DeviceView device, WalkFact walk) => device.Link is { Mtu: > 0 } tunnel && walk.Local is { } local
        && device.Namespace.LocalNetworks.Exists(owned => owned.Prefix == local && device.Namespace.LinkByIndex(owned.Link)?.Mtu > tunnel.Mtu);

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        from rule in Filtered(device).GroupBy(walk => (walk.Stop!.Rule!.Table, walk.Stop.Rule.Chain, walk.Stop.Rule.Handle, walk.Family))
        select Build(device, [.. rule]);

    private RuleFinding Build(DeviceView device, List<WalkFact> walks)
    {
        var rule = walks[0].Stop!.Rule!;
        var needed = walks.Exists(walk => walk.Purpose == WalkPurpose.TooBigOut && IsNeeded(device, walk));
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} drops the ICMP messages that tell of packets too big for {device.Name} (IPv{(int)walks[0].Family}): {FilterText.Place(rule)} says \"{FilterText.Said(rule)}\"{FilterText.Owner(rule)}.",
            Confidence = needed ? 0.85 : 0.5,
            Severity = needed ? Descriptor.Severity : Severity.Info,
            Family = walks[0].Family,
            Prefixes = [.. walks.Select(walk => walk.Local).OfType<Net.IpPrefix>().Distinct()],
        };
        foreach (var walk in walks.Take(3)) draft.Evidence(device, FilterText.Packet(walk), FilterText.Result(walk), "passes", "packet walk");
        if (!rule.IsPolicy) draft.Mend(new FilterCommands(device).Delete(rule));
        return draft.Build();
    }
}
