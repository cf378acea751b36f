// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>
/// Gives userspace devices to the namespace that has their TUN device. UAPI sockets are files: one folder may show devices of
/// many namespaces, and only a TUN device of that name in a namespace says that the device is there.
/// </summary>
internal static class UserspaceDevices
{
    /// <summary>IFLA_INFO_KIND of the devices that userspace implementations make.</summary>
    private const string TunKind = "tun";

    /// <summary>The devices of this namespace; unknown when the links are.</summary>
    public static Fact<IReadOnlyList<WireGuardDeviceFact>> DevicesOf(Fact<UapiSnapshot> uapi, Fact<IReadOnlyList<LinkFact>> links)
    {
        var reason = uapi.NotAvailable
            ?? (links.NotAvailable is { } missing ? missing with { Detail = $"which devices are in this namespace is not known: {missing.Detail}" } : null);
        var tuns = TunNames(links);
        return new Fact<IReadOnlyList<WireGuardDeviceFact>>
        {
            Source = uapi.Source,
            At = uapi.At,
            DurationMs = uapi.DurationMs,
            Unknown = uapi.Unknown,
            NotAvailable = reason,
            Value = reason is null ? [.. uapi.Value!.Devices.Where(device => tuns.Contains(device.Name))] : null,
        };
    }

    /// <summary>
    /// The sockets that gave this namespace no device. The host's list is whole; another namespace's only has sockets whose
    /// device it has, because all others are no business of it.
    /// </summary>
    public static IReadOnlyList<UapiSocketFact> ProblemsOf(Fact<UapiSnapshot> uapi, Fact<IReadOnlyList<LinkFact>> links, string namespaceName)
    {
        if (uapi.Value is not { } snapshot) return [];
        var tuns = TunNames(links);
        if (namespaceName != NamespaceTargets.HostName) return [.. snapshot.Problems.Where(problem => tuns.Contains(problem.Name))];
        var elsewhere = links.Value is null ? [] : snapshot.Devices.Where(device => !tuns.Contains(device.Name)).Select(Elsewhere);
        return [.. snapshot.Problems.Concat(elsewhere).OrderBy(problem => problem.Name, StringComparer.Ordinal)];
    }

    private static UapiSocketFact Elsewhere(WireGuardDeviceFact device) =>
        new(device.Name, UapiSocketProblem.OtherNamespace, "it answers, but this network namespace has no TUN device of that name");

    private static HashSet<string> TunNames(Fact<IReadOnlyList<LinkFact>> links) =>
        [.. (links.Value ?? []).Where(link => link.Kind == TunKind).Select(link => link.Name)];
}
