// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Ways to make facts smaller, each with the number of things that it left out.</summary>
internal static class FactsCut
{
    /// <summary>With lists shorter than this, what the machine is gives way as well.</summary>
    private const int MachineFactsFrom = 256;

    /// <summary>A node with more silent next hops than this has one fault, not so many.</summary>
    private const int NeighboursOnTheWay = 16;

    /// <summary>What no verdict across nodes is drawn from: leaving it out does not make the facts incomplete for the engine.</summary>
    public static IReadOnlyList<(string What, Func<NodeFacts, (NodeFacts Facts, int Removed)> Apply)> Unneeded { get; } =
    [
        ("sample packets of tunnels where all pass", WalksCut.Passed),
        ("flows of connection tracking", ConntrackCut.Flows),
        ("outer flows without translation", ConntrackCut.PlainEndpoints),
        ("neighbours", Neighbours),
        ("offload features and traffic control", DeviceFeatures),
        ("counters of devices that are no tunnel and no way to a peer", OtherCounters),
        ("lines of the kernel log", KernelLog),
        ("tunnels as files describe them", Configs),
        ("sysctls that are no single number", SysctlTexts),
        ("sysctls of devices that say what conf.all says", RepeatedSysctls),
        ("route lookups that lead into their tunnel", HealthyLookups),
    ];

    /// <summary>The order in which things are given up after that: what is missed least first.</summary>
    public static IReadOnlyList<(string What, Func<NodeFacts, (NodeFacts Facts, int Removed)> Apply)> Steps(HealthyPeers healthy) =>
    [
        ("routes that touch no tunnel", OtherRoutes),
        ("sysctls of devices that are no tunnel and no way to a peer", OtherSysctls),
        ("healthy peers", facts => HealthyPeersCut.Peers(facts, healthy)),
        ("routes of healthy peers", facts => HealthyPeersCut.Routes(facts, healthy)),
    ];

    /// <summary>The last resort: the first <paramref name="count"/> of everything.</summary>
    public static NodeFacts KeepFirst(NodeFacts facts, int count)
    {
        return facts with
        {
            Namespaces = [.. facts.Namespaces.Take(Math.Max(count, 1)).Select(Shorten)],
            // Bounded by the number of CPUs and by fixed lists; no tunnel is explained by them alone.
            Host = count < MachineFactsFrom ? null : facts.Host,
            Cni = count < MachineFactsFrom ? null : facts.Cni,
            TunnelConfigs = count < MachineFactsFrom ? null : facts.TunnelConfigs,
            PathWalks = facts.PathWalks is { Value: { } walks } told && walks.Count > count ? told with { Value = [.. walks.Take(count)], Seen = walks.Count } : facts.PathWalks,
        };

        NamespaceFacts Shorten(NamespaceFacts space) => ConntrackCut.First(space, count) with
        {
            Links = First(space.Links),
            Addresses = First(space.Addresses),
            Routes = First(space.Routes),
            Rules = First(space.Rules),
            Neighbours = First(space.Neighbours),
            RouteLookups = First(space.RouteLookups),
            Sysctls = FirstOf(space.Sysctls),
            ProtocolCounters = FirstOf(space.ProtocolCounters),
            KernelWireGuard = Devices(space.KernelWireGuard),
            UserspaceWireGuard = Devices(space.UserspaceWireGuard),
            UapiSocketProblems = [.. space.UapiSocketProblems.Take(count)],
            Walks = space.Walks is { } walks ? First(walks) : null,
        };

        Fact<IReadOnlyList<T>> First<T>(Fact<IReadOnlyList<T>> fact) =>
            fact.Value is { } value && value.Count > count ? fact with { Value = [.. value.Take(count)] } : fact;

        Fact<IReadOnlyDictionary<string, T>> FirstOf<T>(Fact<IReadOnlyDictionary<string, T>> fact) => fact.Value is { } value && value.Count > count
            ? fact with { Value = value.OrderBy(p => p.Key, StringComparer.Ordinal).Take(count).ToDictionary(StringComparer.Ordinal) }
            : fact;

        Fact<IReadOnlyList<WireGuardDeviceFact>> Devices(Fact<IReadOnlyList<WireGuardDeviceFact>> fact) => fact.Value is { } value
            ? fact with { Value = [.. value.Take(count).Select(Device)] }
            : fact;

        WireGuardDeviceFact Device(WireGuardDeviceFact device) => device with
        {
            Peers = [.. device.Peers.Take(count).Select(p => p with { AllowedIps = [.. p.AllowedIps.Take(count)] })],
            OmittedPeers = device.OmittedPeers + Math.Max(device.Peers.Count - count, 0),
        };
    }

    /// <summary>Applies a change to each namespace and adds up what it left out.</summary>
    public static (NodeFacts Facts, int Removed) PerNamespace(NodeFacts facts, Func<NamespaceFacts, (NamespaceFacts Space, int Removed)> change)
    {
        var changed = facts.Namespaces.Select(change).ToList();
        return (facts with { Namespaces = [.. changed.Select(c => c.Space)] }, changed.Sum(c => c.Removed));
    }

    /// <summary>Keeps what fits the condition; a fact that could not be read stays as it is.</summary>
    public static Fact<IReadOnlyList<T>> Keep<T>(Fact<IReadOnlyList<T>> fact, Func<T, bool> keep, ref int removed)
    {
        if (fact.Value is not { } value) return fact;
        var kept = value.Where(keep).ToList();
        removed += value.Count - kept.Count;
        return fact with { Value = kept };
    }

    // One per device and family stays: it shows which source the kernel chooses. That the others lead there is shown by the routes.
    private static (NodeFacts Facts, int Removed) HealthyLookups(NodeFacts facts) => PerNamespace(facts, space =>
    {
        var (scope, removed, shown) = (new TunnelScope(space), 0, new HashSet<(string, IpFamily, RouteLookupPurpose)>());
        return (
            space with
            {
                RouteLookups = Keep(
                    space.RouteLookups,
                    l => l.Purpose == RouteLookupPurpose.Endpoint || !scope.IsHealthy(l) || shown.Add((l.Device, l.Destination.Family, l.Purpose)),
                    ref removed),
            },
            removed);
    });

    // Verdicts are drawn from neighbours that do not answer and from ones that somebody nailed down; the others are only shown.
    private static (NodeFacts Facts, int Removed) Neighbours(NodeFacts facts) => PerNamespace(facts, space =>
    {
        if (space.Neighbours.Value is not { Count: > 0 } value) return (space, 0);
        var scope = new TunnelScope(space);
        var kept = value.Where(n => n.State is "FAILED" or "INCOMPLETE" or "PERMANENT" && scope.IsOnTheWay(n.Link)).Take(NeighboursOnTheWay).ToList();
        return (
            space with { Neighbours = kept.Count == 0 ? space.Neighbours with { Value = null, NotAvailable = BulkyFacts.LeftOut } : space.Neighbours with { Value = kept } },
            value.Count - kept.Count);
    });

    private static (NodeFacts Facts, int Removed) KernelLog(NodeFacts facts) => facts.Host?.KernelLog?.Value is not { Lines.Count: > 0 } log
        ? (facts, 0)
        : (facts with { Host = facts.Host with { KernelLog = facts.Host.KernelLog with { Value = log with { Lines = [] }, Seen = log.Lines.Count } } }, log.Lines.Count);

    // What differs from its device travels, because then the node's own verdict needs it.
    private static (NodeFacts Facts, int Removed) Configs(NodeFacts facts) => facts.TunnelConfigs?.Value is not { Count: > 0 } configs
        ? (facts, 0)
        : (facts with { TunnelConfigs = facts.TunnelConfigs with { Value = null, NotAvailable = BulkyFacts.LeftOut } }, configs.Count);

    private static (NodeFacts Facts, int Removed) SysctlTexts(NodeFacts facts) => PerNamespace(facts, space => space.SysctlTexts?.Value is not { Count: > 0 } value
        ? (space, 0)
        : (space with { SysctlTexts = null }, value.Count));

    private static (NodeFacts Facts, int Removed) DeviceFeatures(NodeFacts facts) => PerNamespace(facts, space =>
    {
        var left = new NotAvailable(NotAvailableReason.NotRequested, "left out of the report for its size");
        var removed = (space.Offloads?.Value?.Count ?? 0) + (space.TrafficControl?.Value is { } control ? control.Qdiscs.Count + control.Filters.Count : 0);
        return removed == 0 ? (space, 0) : (
            space with
            {
                Offloads = space.Offloads is { } offloads ? offloads with { Value = null, NotAvailable = left } : null,
                TrafficControl = space.TrafficControl is { } traffic ? traffic with { Value = null, NotAvailable = left } : null,
            },
            removed);
    });

    // A reader of a device's value that is absent takes that of conf.all, as the kernel's "max(all, device)" and "all writes every device" do.
    private static (NodeFacts Facts, int Removed) RepeatedSysctls(NodeFacts facts) => PerNamespace(facts, space =>
    {
        if (space.Sysctls.Value is not { } sysctls) return (space, 0);
        var kept = sysctls.Where(s => DeviceOf(s.Key) is null or "all" or "default" || !RepeatsAll(sysctls, s.Key, s.Value)).ToDictionary(StringComparer.Ordinal);
        return (space with { Sysctls = space.Sysctls with { Value = kept } }, sysctls.Count - kept.Count);
    });

    private static bool RepeatsAll(IReadOnlyDictionary<string, long> sysctls, string name, long value)
    {
        var parts = name.Split('.');
        parts[3] = "all";
        return sysctls.TryGetValue(string.Join('.', parts), out var all) && all == value;
    }

    private static (NodeFacts Facts, int Removed) OtherRoutes(NodeFacts facts) => PerNamespace(facts, space =>
    {
        var (scope, removed) = (new TunnelScope(space), 0);
        return (space with { Routes = Keep(space.Routes, scope.Touches, ref removed) }, removed);
    });

    private static (NodeFacts Facts, int Removed) OtherSysctls(NodeFacts facts) => PerNamespace(facts, space =>
    {
        if (space.Sysctls.Value is not { } sysctls) return (space, 0);
        var scope = new TunnelScope(space);
        var others = (space.Links.Value ?? []).Where(l => !scope.IsOnTheWay(l.Index)).Select(l => l.Name.Replace('.', '/')).ToHashSet(StringComparer.Ordinal);
        var kept = sysctls.Where(s => DeviceOf(s.Key) is not { } device || !others.Contains(device)).ToDictionary(StringComparer.Ordinal);
        return (space with { Sysctls = space.Sysctls with { Value = kept } }, sysctls.Count - kept.Count);
    });

    private static (NodeFacts Facts, int Removed) OtherCounters(NodeFacts facts) => PerNamespace(facts, space =>
    {
        if (space.Links.Value is not { } links) return (space, 0);
        var scope = new TunnelScope(space);
        var changed = links.Select(l => scope.IsOnTheWay(l.Index) ? l : l with { Counters = null }).ToList();
        var removed = links.Count(l => l.Counters is not null) - changed.Count(l => l.Counters is not null);
        return (space with { Links = space.Links with { Value = changed } }, removed);
    });

    /// <summary>The device of a sysctl such as <c>net.ipv4.conf.eth0.forwarding</c>; null for one that belongs to no device.</summary>
    private static string? DeviceOf(string sysctl) => sysctl.Split('.') is ["net", _, "conf" or "neigh", var device, ..] ? device : null;
}
