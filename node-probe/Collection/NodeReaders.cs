// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Cni;
using KubeWgDiag.NodeProbe.Host;
using KubeWgDiag.NodeProbe.Host.Managers;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>A reader of one thing that the node has once, whatever its namespaces.</summary>
/// <param name="Name">What people call it on the command line.</param>
/// <param name="Read">Reads and puts its fact into <see cref="NodeReading.Facts"/>. Runs on an ordinary thread in the probe's own namespaces.</param>
/// <param name="Growth">
/// For what counts: writes the growth between the facts of the window's start (first) and its end (second) into those of the end.
/// Null = nothing counts, it is read at the end only.
/// </param>
/// <param name="Needs">Names of the readers whose facts this one builds on; they are read with it.</param>
internal sealed record NodeReader(
    string Name,
    Action<NodeReading> Read,
    Func<NodeFacts, NodeFacts, NodeFacts>? Growth = null,
    IReadOnlyList<string>? Needs = null) : IReaderEntry;

/// <summary>Everything that is read once per node.</summary>
internal static class NodeReaders
{
    /// <summary>The reader that looks for all network namespaces; without it only the host's and those that were named are read.</summary>
    public const string NamespacesName = "namespaces";

    /// <summary>The readers in the order in which they run.</summary>
    public static IReadOnlyList<NodeReader> All { get; } =
    [
        new(NamespacesName, reading => reading.Facts = reading.Facts with { OtherNamespaces = reading.Namespaces }),
        .. HostReaders.All,
        new("cni", reading => reading.Facts = reading.Facts with { Cni = reading.Run(FactSources.Cni, _ => CniReader.Read(reading.Environment.Host)) }),
        new("tunnel-configs", reading => reading.Facts = reading.Facts with
        {
            TunnelConfigs = reading.Run(FactSources.TunnelConfigs, _ => TunnelConfigReader.Read(reading.Environment.Host)),
        }),
    ];
}
