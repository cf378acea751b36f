// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Conntrack;
using KubeWgDiag.NodeProbe.Counters;
using KubeWgDiag.NodeProbe.Ethtool;
using KubeWgDiag.NodeProbe.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink;
using KubeWgDiag.NodeProbe.Rtnetlink.Links;
using KubeWgDiag.NodeProbe.Rtnetlink.Routes;
using KubeWgDiag.NodeProbe.Rtnetlink.TrafficControl;
using KubeWgDiag.NodeProbe.Sockets;
using KubeWgDiag.NodeProbe.Sysctls;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>A reader of one thing in a network namespace.</summary>
/// <param name="Name">What people call it on the command line.</param>
/// <param name="Read">Reads and puts its fact into <see cref="NamespaceReading.Facts"/>. Runs on a thread inside the namespace.</param>
/// <param name="Growth">
/// For what counts: writes the growth between the facts of the window's start (first) and its end (second) into those of the end.
/// Null = nothing counts, it is read at the end only.
/// </param>
/// <param name="Needs">Names of the readers whose facts this one builds on; they are read with it.</param>
internal sealed record NamespaceReader(
    string Name,
    Action<NamespaceReading> Read,
    Func<NamespaceFacts, NamespaceFacts, NamespaceFacts>? Growth = null,
    IReadOnlyList<string>? Needs = null) : IReaderEntry;

/// <summary>Everything that is read in a network namespace.</summary>
internal static class NamespaceReaders
{
    /// <summary>The reader that uses what the UAPI sockets gave.</summary>
    public const string UserspaceName = "userspace-wireguard";

    /// <summary>The reader of packet filters.</summary>
    public const string NetfilterName = "netfilter";

    /// <summary>The walks of sample packets, which begin when all namespaces have been read.</summary>
    public const string WalksName = "walks";

    /// <summary>Readers of what a packet on its way through a namespace meets.</summary>
    public static IReadOnlySet<string> ForWalks { get; } = new HashSet<string>(StringComparer.Ordinal) { LinksName, "addresses", "rules", "sysctls", NetfilterName };

    /// <summary>Readers of what a verdict about a pod without a tunnel is drawn from.</summary>
    public static IReadOnlySet<string> ForPods { get; } = new HashSet<string>(ForWalks, StringComparer.Ordinal) { "routes", "neighbours" };

    /// <summary>The reader of routes.</summary>
    public const string RoutesName = "routes";

    /// <summary>Whether a tunnel was read there.</summary>
    public static bool HasTunnels(NamespaceFacts facts) => facts.KernelWireGuard.Value is { Count: > 0 } || facts.UserspaceWireGuard.Value is { Count: > 0 };

    private const string LinksName = "links";
    private const string KernelName = "wireguard";

    /// <summary>
    /// The readers in the order in which they run. The order matters: links come before all that goes by device names, WireGuard before
    /// the route lookups that ask for its peers, and what counts before the slow readings, so that the window is as long for it as for the links.
    /// </summary>
    public static IReadOnlyList<NamespaceReader> All { get; } =
    [
        new(LinksName, ReadLinks, GrowthMerger.Links),
        new(KernelName, ReadKernelWireGuard, GrowthMerger.KernelWireGuard, [LinksName]),
        new(UserspaceName, ReadUserspaceWireGuard, GrowthMerger.UserspaceWireGuard, [LinksName]),
        new("protocol-counters", ReadProtocolCounters, GrowthMerger.ProtocolCounters),
        new(ConntrackReading.Name, ConntrackReading.Read, ConntrackGrowth.Merge),
        new(SocketReading.Name, SocketReading.Read, SocketReading.Merge, [LinksName, KernelName, UserspaceName]),
        new("traffic-control", reading => reading.Facts = reading.Facts with { TrafficControl = reading.RunRoute(FactSources.TrafficControl, TrafficControlReader.Read) }, GrowthMerger.TrafficControl),
        new("addresses", reading => reading.Facts = reading.Facts with { Addresses = reading.RunRoute(FactSources.Addresses, AddressReader.Read) }),
        new(RoutesName, ReadRoutes, Needs: [LinksName, KernelName, UserspaceName]),
        new("rules", reading => reading.Facts = reading.Facts with { Rules = reading.RunRoute(FactSources.Rules, RuleReader.Read) }),
        new("neighbours", ReadNeighbours, Needs: ["routes"]),
        new("offloads", ReadOffloads),
        new("sysctls", ReadSysctls, Needs: [LinksName]),
        new(NetfilterName, ReadNetfilter),
        new("route-lookups", ReadRouteLookups, Needs: [LinksName, KernelName, UserspaceName, "addresses", "routes"]),
        new(SocketReading.OwnersName, SocketReading.ReadOwners, Needs: [LinksName, KernelName, UserspaceName, SocketReading.Name]),
        new(ConntrackReading.FlowsName, ConntrackReading.ReadFlows, Needs: [LinksName, KernelName, UserspaceName]),
        new(WalksName, _ => { }, Needs: [LinksName, KernelName, UserspaceName, "addresses", "routes", "rules", "sysctls", NetfilterName, "route-lookups"]),
    ];

    private static void ReadLinks(NamespaceReading reading) =>
        reading.Facts = reading.Facts with { Links = reading.RunRoute(FactSources.Links, LinkReader.Read) };

    private static void ReadKernelWireGuard(NamespaceReading reading)
    {
        var links = reading.Facts.Links;
        var fact = links.Value is { } known
            ? reading.RunNetlink(
                FactSources.KernelWireGuard,
                NetlinkConstants.ProtocolGeneric,
                secret: true,
                (connection, limit) => KernelWireGuardReader.Read(connection, KernelDevices(known, reading.Request.DeviceFilter), limit))
            : reading.Run(
                FactSources.KernelWireGuard,
                _ => Reading<IReadOnlyList<WireGuardDeviceFact>>.None(
                    links.NotAvailable?.Reason ?? NotAvailableReason.Failed, $"which devices there are is not known: {links.NotAvailable?.Detail}"));
        reading.Facts = reading.Facts with { KernelWireGuard = fact };
    }

    private static IReadOnlyList<string> KernelDevices(IReadOnlyList<LinkFact> links, Func<string, bool> filter) =>
        [.. links.Where(link => link.Kind == KernelWireGuardReader.LinkKind && filter(link.Name)).Select(link => link.Name)];

    private static void ReadUserspaceWireGuard(NamespaceReading reading) => reading.Facts = reading.Facts with
    {
        UserspaceWireGuard = UserspaceDevices.DevicesOf(reading.Uapi, reading.Facts.Links, reading.Target.Id),
        UapiSocketProblems = UserspaceDevices.ProblemsOf(reading.Uapi, reading.Facts.Links, reading.Target),
    };

    private static void ReadProtocolCounters(NamespaceReading reading) => reading.Facts = reading.Facts with
    {
        ProtocolCounters = reading.Run(FactSources.ProtocolCounters, _ => ProtocolCounterReader.Read(reading.Environment.ProcRoot)),
    };

    private static void ReadSysctls(NamespaceReading reading)
    {
        IReadOnlyList<string> names = [.. (reading.Facts.Links.Value ?? []).Select(link => link.Name)];
        var scope = SysctlFacts.ScopeOf(reading.Target, reading.Facts);
        var read = reading.Run(FactSources.Sysctls, deadline => SysctlReader.Read(reading.Environment.ProcRoot, names, scope, deadline));
        reading.Facts = reading.Facts with { Sysctls = SysctlFacts.NumbersOf(read), SysctlTexts = SysctlFacts.TextsOf(read) };
    }

    private static IReadOnlyList<WireGuardDeviceFact> DevicesOf(NamespaceFacts facts) =>
        [.. facts.KernelWireGuard.Value ?? [], .. facts.UserspaceWireGuard.Value ?? []];

    private static void ReadOffloads(NamespaceReading reading) => reading.Facts = reading.Facts with
    {
        Offloads = reading.RunNetlink(FactSources.Offloads, NetlinkConstants.ProtocolGeneric, secret: false, OffloadReader.Read),
    };

    private static void ReadRoutes(NamespaceReading reading)
    {
        var interest = RouteInterest.Of(reading.Facts.Links.Value ?? [], DevicesOf(reading.Facts));
        reading.Facts = reading.Facts with
        {
            Routes = reading.RunRoute(FactSources.Routes, (connection, deadline) => RouteReader.Read(connection, deadline, interest)),
        };
    }

    private static void ReadNeighbours(NamespaceReading reading)
    {
        var gateways = (reading.Facts.Routes.Value ?? []).SelectMany(route => route.NextHops).Select(hop => hop.Gateway);
        var endpoints = DevicesOf(reading.Facts).SelectMany(device => device.Peers).Select(peer => peer.Endpoint?.Address);
        var wanted = gateways.Concat(endpoints).OfType<IpAddr>().ToHashSet();
        reading.Facts = reading.Facts with
        {
            Neighbours = reading.RunRoute(FactSources.Neighbours, (connection, deadline) => NeighbourReader.Read(connection, deadline, wanted)),
        };
    }

    private static void ReadNetfilter(NamespaceReading reading) => reading.Facts = reading.Facts with
    {
        Netfilter = reading.Run(FactSources.Netfilter, deadline => NetfilterReader.Read(reading.Environment.Netlink, deadline)),
    };

    private static void ReadRouteLookups(NamespaceReading reading)
    {
        var facts = reading.Facts;
        var devices = DevicesOf(facts);
        reading.Facts = facts with
        {
            RouteLookups = reading.RunRoute(
                FactSources.RouteLookups, (connection, deadline) => RouteLookupReader.Read(connection, devices, deadline, facts)),
        };
    }
}
