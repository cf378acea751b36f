// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.Diagnosis.Rules.Walks;

/// <summary>
/// Finds what packet filters keep back from the walks of a node. A connection needs a first packet one way and answers the other way, so a rule that
/// stops one of these only closes one direction of opening; people do that on purpose.
/// </summary>
internal static class Blockades
{
    private static readonly (BlockedWay Way, WalkPurpose In, WalkPurpose Out)[] Ways =
    [
        (BlockedWay.Outer, WalkPurpose.OuterIn, WalkPurpose.OuterOut),
        (BlockedWay.Forwarded, WalkPurpose.InnerIn, WalkPurpose.InnerOut),
        (BlockedWay.Forwarded, WalkPurpose.LongIn, WalkPurpose.LongOut),
        (BlockedWay.Transit, WalkPurpose.Transit, WalkPurpose.Transit),
        (BlockedWay.Host, WalkPurpose.LocalIn, WalkPurpose.LocalOut),
    ];

    public static IEnumerable<Blockade> Of(MeshModel mesh) => mesh.Devices.SelectMany(Of);

    /// <summary>One for each rule and family; a rule that keeps back several sorts of packets is told with the first of them.</summary>
    public static IEnumerable<Blockade> Of(DeviceView device)
    {
        var walks = WalksOf(device).Where(walk => IsDrop(walk) || IsSuspected(walk)).ToList();
        if (walks.Count == 0) yield break;
        foreach (var family in walks.GroupBy(walk => walk.Family).OrderBy(group => group.Key))
        {
            var told = new HashSet<RuleKey>();
            foreach (var (way, inward, outward) in Ways)
            {
                foreach (var blockade in Of(device, family.Key, way, [.. family.Where(walk => walk.Purpose == inward)], [.. family.Where(walk => walk.Purpose == outward)]))
                {
                    if (told.Add(RuleKey.Of(blockade.Rule))) yield return blockade;
                }
            }
        }
    }

    /// <summary>The walks of a device; empty when nobody walked.</summary>
    public static IEnumerable<WalkFact> WalksOf(DeviceView device) =>
        Safe.List(device.Namespace.Facts.Walks).Where(walk => walk.Device == device.RawName && walk.States is not null);

    /// <summary>Dropped whatever the protocol: only that is a fault of the tunnel.</summary>
    public static bool IsDrop(WalkFact walk) => walk is { Result: WalkResult.Dropped or WalkResult.Rejected, Protocols: null, Stop: not null };

    /// <summary>Nobody can tell whether the rule takes the packet; it drops packets, and did so during the observation.</summary>
    public static bool IsSuspected(WalkFact walk) => walk is { Result: WalkResult.Undetermined, Protocols: null, Stop.Rule.Packets.Growth: > 0 };

    private static IEnumerable<Blockade> Of(DeviceView device, IpFamily family, BlockedWay way, List<WalkFact> inward, List<WalkFact> outward)
    {
        foreach (var rule in inward.Concat(outward).Where(walk => walk.Stop!.Rule is { Table: not null, Chain: not null, Text: not null }).Distinct()
            .Where(walk => walk.States.Contains(WalkState.New) || walk.States.Contains(WalkState.Established))
            .GroupBy(walk => RuleKey.Of(walk.Stop!.Rule!)))
        {
            yield return new Blockade
            {
                Device = device,
                Family = family,
                Way = way,
                Rule = rule.First().Stop!.Rule!,
                Walks = [.. rule],
                Suspected = rule.All(IsSuspected),
                Full = rule.Any(walk => IsFull(walk, inward, outward)),
                Everyone = way == BlockedWay.Outer && !WalksOf(device).Any(walk => walk.Family == family && !IsDrop(walk) && rule.Any(ended => ended.Purpose == walk.Purpose && walk.States.Any(ended.States.Contains))),
            };
        }
    }

    private static bool IsFull(WalkFact walk, List<WalkFact> inward, List<WalkFact> outward)
    {
        return (Has(inward, WalkState.New) || Has(outward, WalkState.Established)) && (Has(outward, WalkState.New) || Has(inward, WalkState.Established));

        bool Has(List<WalkFact> walks, WalkState state) => walks.Exists(other => other.States.Contains(state) && other.Local == walk.Local && Share(walk, other));
    }

    private static bool Share(WalkFact one, WalkFact other) =>
        one.Peers is null || other.Peers is null || one.Peers.Any(key => other.Peers.Contains(key)) || one.Count == other.Count;

    private sealed record RuleKey(NetfilterBackend Backend, NetfilterFamily Family, string Table, string Chain, ulong? Handle)
    {
        public static RuleKey Of(WalkRule rule) => new(rule.Backend, rule.Family, rule.Table, rule.Chain, rule.Handle);
    }
}
