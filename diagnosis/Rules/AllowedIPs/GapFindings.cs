// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>Turns gaps of one direction into findings; both directions of a gap share everything but the words.</summary>
internal static class GapFindings
{
    public static IEnumerable<RuleFinding> Make(RuleDescriptor rule, MeshModel mesh, GapDirection direction) => Grouping
        .ByCulprit(GapAnalysis.Find(mesh).Where(gap => gap.Direction == direction).Select(gap => new Pair<AllowedIpsGap>(gap.Holder, gap.Target, gap)))
        .Select(group => Build(rule, group, direction));

    private static RuleFinding Build(RuleDescriptor rule, PairGroup<AllowedIpsGap> group, GapDirection direction)
    {
        var gaps = group.Pairs.Select(pair => pair.Data).ToList();
        var prefixes = PrefixMath.WithoutNested(gaps.SelectMany(gap => gap.Prefixes));
        var families = prefixes.Select(prefix => prefix.Family).Distinct().ToList();
        var draft = new FindingDraft(rule, group.Culprit)
        {
            Message = Message(group, prefixes, direction),
            Confidence = gaps.Max(gap => gap.Confidence),
            Entry = gaps.Count == 1 ? gaps[0].Entry : null,
            Family = families.Count == 1 ? families[0] : null,
            Prefixes = prefixes,
        };
        foreach (var gap in gaps)
        {
            var entry = gap.Entry;
            IpPrefix[] full = [.. PrefixMath.WithoutNested(entry.AllowedIps.Concat(gap.Prefixes))];
            draft.Evidence(gap.Holder, $"wg show {gap.Holder.Name} allowed-ips", $"{gap.Target.Node.Name}: {List(entry.AllowedIps)}", $"{List(full)}; {gap.Because}");
            draft.Mend(new NodeCommands(gap.Holder).PeerAllowedIps(entry.Key, full, entry.AllowedIps));
            draft.Affects(entry, TunnelState.NotRoutedIn).Affects(entry.Reverse, TunnelState.RejectedByAllowedIps);
        }

        AddTraffic(draft, gaps[0], direction);
        return draft.Build();
    }

    private static string Message(PairGroup<AllowedIpsGap> group, IReadOnlyList<IpPrefix> prefixes, GapDirection direction)
    {
        var culprit = group.Culprit;
        var what = DisplayText.Join(prefixes, 3);
        if (group.ByAll) return $"None of the {group.Pairs.Count} peers of {culprit.Node.Name} has {what} in its AllowedIPs for {culprit.Node.Name}.";
        var whom = DisplayText.Join(group.Pairs.Select(pair => pair.About.Node.Name).Distinct());
        return direction == GapDirection.Outbound
            ? $"{culprit.Node.Name} has no peer that owns {what}: its AllowedIPs for {whom} on {culprit.Name} lack it, so packets to it are dropped there, and packets from it are refused."
            : $"{culprit.Node.Name} refuses packets from {what}: its AllowedIPs for {whom} on {culprit.Name} lack it; packets to it would be dropped there too.";
    }

    private static void AddTraffic(FindingDraft draft, AllowedIpsGap gap, GapDirection direction)
    {
        var drops = Drops.Of(gap.Holder);
        var count = direction == GapDirection.Outbound ? drops.Outbound : drops.Inbound;
        if (count <= 0) return;
        draft.Evidence(
            gap.Holder,
            $"ip -s -s link show {gap.Holder.Name}",
            direction == GapDirection.Outbound ? $"about {count:0} packets that no peer owned during the observation" : $"about {count:0} packets refused for their source during the observation",
            "0",
            "rtnetlink");
    }

    private static string List(IReadOnlyCollection<IpPrefix> prefixes) => prefixes.Count == 0 ? "(none)" : DisplayText.Join(prefixes, 8);
}
