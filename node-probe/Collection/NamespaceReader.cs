// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Counters;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink;
using KubeWgDiag.NodeProbe.Sysctls;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Reads one network namespace. Its methods run on a thread that is in the namespace; every reader has a socket of its own.</summary>
internal sealed class NamespaceReader(NodeEnvironment environment, Func<string, bool> deviceFilter, ReaderRunner runner)
{
    /// <summary>Reads only what counts: the start of a window.</summary>
    public CounterReadings ReadCounters(Fact<UapiSnapshot> uapi)
    {
        var links = ReadLinks();
        return new CounterReadings(links, ReadKernelWireGuard(links), UserspaceDevices.DevicesOf(uapi, links), ReadProtocolCounters());
    }

    /// <summary>Reads everything: the end of a window.</summary>
    public NamespaceFacts ReadAll(NamespaceTarget target, Fact<UapiSnapshot> uapi)
    {
        var links = ReadLinks();
        var kernel = ReadKernelWireGuard(links);
        var userspace = UserspaceDevices.DevicesOf(uapi, links);
        // Counters before the slow readings, so that the window is as long for them as for the links.
        var counters = ReadProtocolCounters();
        return new NamespaceFacts
        {
            Id = target.Id,
            Name = target.Name,
            Links = links,
            Addresses = RunRoute(FactSources.Addresses, AddressReader.Read),
            Routes = RunRoute(FactSources.Routes, RouteReader.Read),
            Rules = RunRoute(FactSources.Rules, RuleReader.Read),
            Neighbours = RunRoute(FactSources.Neighbours, NeighbourReader.Read),
            Sysctls = runner.Run(FactSources.Sysctls, deadline => SysctlReader.Read(environment.ProcRoot, NamesOf(links), deadline)),
            ProtocolCounters = counters,
            KernelWireGuard = kernel,
            UserspaceWireGuard = userspace,
            UapiSocketProblems = UserspaceDevices.ProblemsOf(uapi, links, target.Name),
            RouteLookups = RunRoute(
                FactSources.RouteLookups,
                (connection, deadline) => RouteLookupReader.Read(connection, (kernel.Value ?? []).Concat(userspace.Value ?? []), deadline)),
        };
    }

    private static IReadOnlyList<string> NamesOf(Fact<IReadOnlyList<LinkFact>> links) => [.. (links.Value ?? []).Select(link => link.Name)];

    private Fact<IReadOnlyList<LinkFact>> ReadLinks() => RunRoute(FactSources.Links, LinkReader.Read);

    private Fact<IReadOnlyDictionary<string, Counter>> ReadProtocolCounters() =>
        runner.Run(FactSources.ProtocolCounters, _ => ProtocolCounterReader.Read(environment.ProcRoot));

    private Fact<IReadOnlyList<WireGuardDeviceFact>> ReadKernelWireGuard(Fact<IReadOnlyList<LinkFact>> links)
    {
        return runner.Run(FactSources.KernelWireGuard, deadline =>
        {
            if (links.NotAvailable is { } missing)
                return Reading<IReadOnlyList<WireGuardDeviceFact>>.None(missing.Reason, $"which devices there are is not known: {missing.Detail}");
            string[] devices =
            [
                .. links.Value!.Where(link => link.Kind == KernelWireGuardReader.LinkKind && deviceFilter(link.Name)).Select(link => link.Name),
            ];
            return WithConnection(
                NetlinkConstants.ProtocolGeneric, secret: true, deadline, (connection, limit) => KernelWireGuardReader.Read(connection, devices, limit));
        });
    }

    private Fact<T> RunRoute<T>(string source, Func<NetlinkConnection, Deadline, Reading<T>> read)
        where T : class =>
        runner.Run(source, deadline => WithConnection(NetlinkConstants.ProtocolRoute, secret: false, deadline, read));

    private Reading<T> WithConnection<T>(int protocol, bool secret, Deadline deadline, Func<NetlinkConnection, Deadline, Reading<T>> read)
        where T : class
    {
        var opened = NetlinkConnection.TryOpen(environment.Netlink, protocol, secret, out var connection);
        if (connection is null) return Reading<T>.None(opened);
        using (connection) return read(connection, deadline);
    }
}
