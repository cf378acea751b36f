// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Explain;

/// <summary>Finds the namespaces of this node that have an address, so that a packet can be walked out of a pod and into one.</summary>
internal static class PodNamespaces
{
    /// <summary>Paths by which the namespaces of these addresses can be entered.</summary>
    public static IReadOnlyList<string> PathsOf(NodeFacts facts, string procRoot, params IReadOnlyList<IpAddr> addresses) =>
    [
        .. (facts.OtherNamespaces?.Value?.Others ?? [])
            .Where(space => space.Addresses.Any(addresses.Contains))
            .Select(space => space.Owners.Select(owner => PathOf(owner, procRoot)).FirstOrDefault(path => path is not null))
            .OfType<string>(),
    ];

    /// <summary>A path by which the namespace can be entered; empty when there is none.</summary>
    public static IReadOnlyList<string> PathsOf(NamespaceSummaryFact space, string procRoot) =>
        space.Owners.Select(owner => PathOf(owner, procRoot)).FirstOrDefault(path => path is not null) is { } path ? [path] : [];

    private static string? PathOf(NamespaceOwnerFact owner, string procRoot) =>
        owner.Path ?? (owner.Pid is { } pid ? Path.Combine(procRoot, pid.ToString(CultureInfo.InvariantCulture), "ns", "net") : null);
}
