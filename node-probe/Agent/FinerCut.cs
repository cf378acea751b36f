// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Sysctls;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Leaves out what says nothing: values that are zero, standard or repeated, and details of devices that no tunnel has to do with.</summary>
internal static class FinerCut
{
    /// <summary>The steps with the number of things that each left out.</summary>
    public static IReadOnlyList<(string What, Func<NodeFacts, (NodeFacts Facts, int Removed)> Apply)> Steps { get; } =
    [
        ("protocol counters that are zero", facts => Counters(facts, counter => counter.Value > 0 || counter.Grew)),
        ("sysctls that decide about no packet", Sysctls),
        ("details of devices that are no tunnel and no way to a peer", Links),
        ("broadcast and multicast routes", Routes),
        ("loads of single CPUs", Cpus),
        ("protocol counters that did not grow", facts => Counters(facts, counter => counter.Grew)),
    ];

    private static (NodeFacts Facts, int Removed) Counters(NodeFacts facts, Func<Counter, bool> keep) => FactsCut.PerNamespace(facts, space =>
    {
        if (space.ProtocolCounters.Value is not { } counters) return (space, 0);
        var kept = counters.Where(counter => keep(counter.Value)).ToDictionary(StringComparer.Ordinal);
        return (space with { ProtocolCounters = space.ProtocolCounters with { Value = kept, Seen = counters.Count } }, counters.Count - kept.Count);
    });

    private static (NodeFacts Facts, int Removed) Sysctls(NodeFacts facts) => FactsCut.PerNamespace(facts, space =>
    {
        if (space.Sysctls.Value is not { } sysctls) return (space, 0);
        var kept = sysctls.Where(item => Decides(item.Key)).ToDictionary(StringComparer.Ordinal);
        return (space with { Sysctls = space.Sysctls with { Value = kept, Seen = sysctls.Count } }, sysctls.Count - kept.Count);
    });

    private static bool Decides(string name) => name.Split('.') switch
    {
        ["net", _, "conf", "default", ..] => false,
        ["net", "ipv4", "conf", _, var leaf] => SysctlNames.AlwaysV4.Contains(leaf) || SysctlNames.DecidingV4.Contains(leaf),
        ["net", "ipv6", "conf", _, var leaf] => SysctlNames.AlwaysV6.Contains(leaf) || SysctlNames.DecidingV6.Contains(leaf),
        _ => SysctlNames.DecidingGlobal.Contains(name),
    };

    // What a device is, where it hangs and whether it is up: networks behind the node are found by that.
    private static (NodeFacts Facts, int Removed) Links(NodeFacts facts) => FactsCut.PerNamespace(facts, space =>
    {
        if (space.Links.Value is not { } links) return (space, 0);
        var scope = new TunnelScope(space);
        var removed = 0;
        LinkFact Short(LinkFact link)
        {
            if (scope.IsOnTheWay(link.Index)) return link;
            var shorter = new LinkFact
            {
                Index = link.Index,
                Name = link.Name,
                Kind = link.Kind,
                Up = link.Up,
                LowerUp = link.LowerUp,
                Loopback = link.Loopback,
                PointToPoint = link.PointToPoint,
                Mtu = link.Mtu,
                Master = link.Master,
                Peer = link.Peer,
                PeerInOtherNamespace = link.PeerInOtherNamespace,
            };
            if (shorter == link) return link;
            removed++;
            return shorter;
        }

        return (space with { Links = space.Links with { Value = [.. links.Select(Short)] } }, removed);
    });

    private static (NodeFacts Facts, int Removed) Routes(NodeFacts facts) => FactsCut.PerNamespace(facts, space =>
    {
        var removed = 0;
        var routes = FactsCut.Keep(space.Routes, route => route.Type is not (RouteType.Broadcast or RouteType.Multicast or RouteType.Anycast), ref removed);
        return (space with { Routes = routes }, removed);
    });

    private static (NodeFacts Facts, int Removed) Cpus(NodeFacts facts)
    {
        if (facts.Host is not { CpuTimes: { Value: { Count: > 0 } times } fact } host) return (facts, 0);
        return (facts with { Host = host with { CpuTimes = fact with { Value = null, NotAvailable = BulkyFacts.LeftOut, Seen = times.Count } } }, times.Count);
    }
}
