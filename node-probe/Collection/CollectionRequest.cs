// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Walking.Paths;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>What to read and how long.</summary>
public sealed record CollectionRequest
{
    /// <summary>Name of the node as it will stand in the facts.</summary>
    public required string NodeName { get; init; }

    /// <summary>Time between the two readings of counters; zero = read once, no growth.</summary>
    public required TimeSpan Observation { get; init; }

    /// <summary>Which WireGuard devices to read, by name. Links, routes and the like are always read whole: the fault may lie anywhere.</summary>
    public Func<string, bool> DeviceFilter { get; init; } = static _ => true;

    /// <summary>Further network namespaces by path (<c>/proc/PID/ns/net</c>, <c>/run/netns/NAME</c>). The probe's own is always read, as <c>host</c>.</summary>
    public IReadOnlyList<string> NamespacePaths { get; init; } = [];

    /// <summary>Folder with the UAPI sockets of userspace implementations, as the probe sees it.</summary>
    public string UapiDirectory { get; init; } = "/var/run/wireguard";

    /// <summary>Pairs of networks whose tracked flows are kept like those of AllowedIPs; the order within a pair does not matter.</summary>
    public IReadOnlyList<(IpPrefix From, IpPrefix To)> Paths { get; init; } = [];

    /// <summary>Paths whose packets are walked over this node.</summary>
    public IReadOnlyList<PathQuestion> PathQuestions { get; init; } = [];

    /// <summary>Which readers run, by name (<see cref="ReaderNames"/>); null = all. What a chosen reader builds on is read with it.</summary>
    public Func<string, bool>? Readers { get; init; }

    /// <summary>False: rule sets of packet filters are dropped once sample packets have been walked over them.</summary>
    public bool KeepRuleSets { get; init; } = true;

    /// <summary>Names of all readers, in the order in which they run.</summary>
    public static IReadOnlyList<string> ReaderNames => ReaderSelection.Names;

    /// <summary>Time for each reader in each namespace.</summary>
    public TimeSpan ReaderTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
