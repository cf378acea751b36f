// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Netfilter.Owners;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>Says in facts what a rule is; each rule once.</summary>
internal sealed class RuleFacts(Func<string, RuleReference, ulong?> growth)
{
    private const int TextLimit = 256;

    /// <summary>NFT_META_MARK, NFT_CT_STATE and NFT_FIB_* of linux/netfilter/nf_tables.h.</summary>
    private const uint MetaMark = 3, CtState = 0, FibAddressType = 3, FibSource = 1, FibOutput = 16;

    private static readonly IpPrefix Shared = IpPrefix.Parse("100.64.0.0/10");

    private readonly Dictionary<(string, RuleReference), WalkRule> _known = [];

    public WalkRule Of(WalkNamespace space, RuleReference reference, NetfilterHook? hook = null)
    {
        if (_known.TryGetValue((space.Facts.Id, reference), out var rule)) return rule;
        return _known[(space.Facts.Id, reference)] = Make(space, reference, hook);
    }

    private WalkRule Make(WalkNamespace space, RuleReference reference, NetfilterHook? hook)
    {
        var text = reference.Rule is null ? "policy drop" : RuleDescription.Text(space, reference);
        var ownership = reference.Rule is { } rule
            ? RuleOwners.Of(reference.Table, reference.Chain, rule, text)
            : RuleOwners.Of(reference.Table, reference.Chain);
        var counter = reference.Rule is null ? reference.Chain.PolicyCounter : reference.Rule.Counter;
        return new WalkRule
        {
            Backend = reference.Backend,
            Family = reference.Family,
            Table = PlainText.OneLine(reference.Table.Name, TextLimit),
            Chain = PlainText.OneLine(reference.Chain.Name, TextLimit),
            Hook = hook ?? reference.Chain.Hook,
            Handle = reference.Handle,
            Text = PlainText.OneLine(text, TextLimit),
            // A rule of anybody's may name a pod network's device: that alone makes nobody its owner.
            Owner = ownership.Proof >= OwnerProof.Strong ? ownership.Owner.Name : null,
            OwnerKind = ownership.Proof >= OwnerProof.Strong ? ownership.Owner.Kind : RuleOwnerKind.Unknown,
            Packets = counter is null ? null : new Counter(counter.Packets, growth(space.Facts.Id, reference)),
            Traits = (reference.Rule?.Expressions ?? []).Aggregate(WalkRuleTraits.None, (traits, expression) => traits | TraitsOf(expression)) | TraitsOf(text),
            TwoWorlds = space.Facts.Netfilter?.Value?.Worlds?.Any(world => world.IsMixed && (world.Family == reference.Family || reference.Family == NetfilterFamily.Inet)) ?? false,
        };
    }

    private static WalkRuleTraits TraitsOf(Expression expression) => expression switch
    {
        FibLoad { Result: FibAddressType } => WalkRuleTraits.AddressType,
        FibLoad { Flags: var flags } => (flags & FibSource) != 0 ? WalkRuleTraits.ReversePath : (flags & FibOutput) != 0 ? WalkRuleTraits.AddressType : WalkRuleTraits.None,
        XtRpfilter => WalkRuleTraits.ReversePath,
        XtAddrtype => WalkRuleTraits.AddressType,
        MetaLoad { Key: MetaMark } or XtMark => WalkRuleTraits.Mark,
        ConntrackLoad { Key: CtState } or XtConntrack => WalkRuleTraits.State,
        XtIcmp => WalkRuleTraits.Icmp,
        _ => WalkRuleTraits.None,
    };

    private static WalkRuleTraits TraitsOf(string text) => (text.Contains(Shared.ToString(), StringComparison.Ordinal) ? WalkRuleTraits.SharedRange : WalkRuleTraits.None)
        | (text.Contains("icmp", StringComparison.Ordinal) ? WalkRuleTraits.Icmp : WalkRuleTraits.None);
}
