// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>
/// The network namespaces of a node besides those that were read whole. Found are those of every process (of its first thread) and those
/// bound to a file in the well-known folders. A namespace that only another thread, an open descriptor or a bind mount elsewhere keeps
/// alive cannot be found.
/// </summary>
public sealed record NamespaceScanFact
{
    /// <summary>Distinct network namespaces that were found, the host's and those read whole included.</summary>
    public required int Found { get; init; }

    /// <summary>Processes that were looked at.</summary>
    public required int Processes { get; init; }

    /// <summary>Why there may be more namespaces than were found; null when everything could be looked at.</summary>
    public NotAvailable? Incomplete { get; init; }

    /// <summary>Namespaces without a WireGuard device, in the order of their ids; not all when the fact's Seen says so.</summary>
    public required IReadOnlyList<NamespaceSummaryFact> Others { get; init; }
}

/// <summary>The little that is known of a network namespace that was not read whole.</summary>
public sealed record NamespaceSummaryFact
{
    /// <summary>Identity of the namespace: <c>net:[inode]</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Who is in it or holds it; at most four.</summary>
    public IReadOnlyList<NamespaceOwnerFact> Owners { get; init; } = [];

    /// <summary>Number of devices, loopback included.</summary>
    public int Links { get; init; }

    /// <summary>Addresses of devices other than loopback, link-local ones left out; at most eight.</summary>
    public IReadOnlyList<IpAddr> Addresses { get; init; } = [];

    /// <summary>MTU in bytes of the first device that has one of these addresses; null when none has.</summary>
    public int? Mtu { get; init; }

    /// <summary>Why it could not be looked at; null when it could.</summary>
    public NotAvailable? NotAvailable { get; init; }
}
