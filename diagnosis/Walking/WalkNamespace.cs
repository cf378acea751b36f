// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>A network namespace that a packet may pass: its facts, and somebody who answers for its routes.</summary>
/// <param name="Facts">Links, addresses, rules, WireGuard devices, packet filters and sysctls of the namespace.</param>
/// <param name="Routes">Its routes.</param>
public sealed record WalkNamespace(NamespaceFacts Facts, IRouteOracle Routes)
{
    private const string HostName = "host";

    /// <summary>
    /// True for a pod's that nobody asked for: what it drops is its own affair, unless it drops strangers only, and has dropped some.
    /// </summary>
    public bool Sampled { get; init; }

    /// <summary>What people call it: the host, the pod by its UID, or the process in it; else as it was entered.</summary>
    public string Name => (Facts.Owners ?? []) switch
    {
        [{ PodUid: { } pod }, ..] => $"pod {pod} ({Facts.Name})",
        [{ Process: { Length: > 0 } process }, ..] when Facts.Name != HostName => $"{process} ({Facts.Name})",
        _ => Facts.Name,
    };

    public LinkFact? Link(int index) => (Facts.Links.Value ?? []).FirstOrDefault(link => link.Index == index);

    public LinkFact? Link(string name) => (Facts.Links.Value ?? []).FirstOrDefault(link => link.Name == name);

    /// <summary>True when a device of this namespace has the address.</summary>
    public bool Has(IpAddr address) => (Facts.Addresses.Value ?? []).Any(own => own.Address == address);

    /// <summary>The WireGuard device of this name; null when there is none.</summary>
    public WireGuardDeviceFact? WireGuard(string name) =>
        (Facts.KernelWireGuard.Value ?? []).Concat(Facts.UserspaceWireGuard.Value ?? []).FirstOrDefault(device => device.Name == name);
}
