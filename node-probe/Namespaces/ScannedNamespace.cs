// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>What a look into a namespace showed.</summary>
/// <param name="Found">The namespace.</param>
/// <param name="Links">Number of devices, loopback included.</param>
/// <param name="HasWireGuard">It has a device of the kernel's WireGuard.</param>
/// <param name="Tuns">Names of its TUN devices.</param>
/// <param name="Addresses">Addresses of devices other than loopback.</param>
/// <param name="Mtu">MTU of the first device that has one of them.</param>
internal sealed record ScannedNamespace(
    FoundNamespace Found, int Links, bool HasWireGuard, IReadOnlyList<string> Tuns, IReadOnlyList<IpAddr> Addresses, int? Mtu)
{
    /// <summary>Why it could not be looked into; null when it could.</summary>
    public NotAvailable? NotAvailable { get; private init; }

    public static ScannedNamespace Failed(FoundNamespace found, NotAvailable reason) => new(found, 0, false, [], [], null) { NotAvailable = reason };

    /// <summary>The namespace in short.</summary>
    public NamespaceSummaryFact Summarize(string procRoot) => new()
    {
        Id = Found.Status.NamespaceId,
        Owners = Found.Owners(procRoot),
        Links = Links,
        Addresses = Addresses,
        Mtu = Mtu,
        NotAvailable = NotAvailable,
    };
}
