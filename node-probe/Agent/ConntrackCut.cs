// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Facts.Sockets;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Makes the facts of connection tracking and of sockets smaller.</summary>
internal static class ConntrackCut
{
    /// <summary>Leaves out the flows one by one; their counts stay.</summary>
    public static (NodeFacts Facts, int Removed) Flows(NodeFacts facts) => FactsCut.PerNamespace(facts, space =>
        space.ConntrackFlows is { Value: { } flows } fact && flows.Outer.Count + flows.Inner.Count is > 0 and var removed
            ? (space with { ConntrackFlows = fact with { Value = flows with { Outer = [], Inner = [] } } }, removed)
            : (space, 0));

    /// <summary>Leaves out the outer flows that are not translated and have nothing odd about them.</summary>
    public static (NodeFacts Facts, int Removed) PlainEndpoints(NodeFacts facts) => FactsCut.PerNamespace(facts, space =>
    {
        if (space.ConntrackFlows is not { Value: { } flows } fact) return (space, 0);
        var kept = flows.EndpointNat.Where(nat => nat.Signs.Count > 0 || nat.Source != nat.SourceAfterNat || nat.Endpoint != nat.EndpointAfterNat).ToList();
        return (space with { ConntrackFlows = fact with { Value = flows with { EndpointNat = kept } } }, flows.EndpointNat.Count - kept.Count);
    });

    /// <summary>The first <paramref name="count"/> of every list.</summary>
    public static NamespaceFacts First(NamespaceFacts space, int count) => space with
    {
        Conntrack = space.Conntrack is { Value: { } table } conntrack ? conntrack with { Value = table with { Cpus = [.. table.Cpus.Take(count)] } } : space.Conntrack,
        ConntrackFlows = space.ConntrackFlows is { Value: { } flows } fact ? fact with { Value = First(flows, count) } : space.ConntrackFlows,
        UdpSockets = space.UdpSockets is { Value: { } sockets } udp ? udp with { Value = First(sockets, count) } : space.UdpSockets,
        SocketOwners = space.SocketOwners is { Value: { } known } owners
            ? owners with { Value = known with { Owners = [.. known.Owners.Take(count)] } }
            : space.SocketOwners,
    };

    private static ConntrackFlows First(ConntrackFlows flows, int count) => flows with
    {
        Counts = [.. flows.Counts.Take(count)],
        EndpointNat = [.. flows.EndpointNat.Take(count)],
        Outer = [.. flows.Outer.Take(count)],
        Inner = [.. flows.Inner.Take(count)],
    };

    private static UdpSocketsFact First(UdpSocketsFact sockets, int count) => sockets with { Sockets = [.. sockets.Sockets.Take(count)] };
}
