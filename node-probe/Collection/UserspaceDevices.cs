// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.WireGuard.Placement;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Gives userspace devices to the namespace they were placed in, if it has their TUN device.</summary>
internal static class UserspaceDevices
{
    /// <summary>IFLA_INFO_KIND of the devices that userspace implementations make.</summary>
    private const string TunKind = "tun";

    /// <summary>The devices of this namespace; unknown when the links are.</summary>
    public static Fact<IReadOnlyList<WireGuardDeviceFact>> DevicesOf(Fact<PlacedUapi> uapi, Fact<IReadOnlyList<LinkFact>> links, string namespaceId)
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
            Value = reason is null ? [.. uapi.Value!.Answers.Where(one => IsHere(one, tuns, namespaceId)).Select(DeviceOf).OfType<WireGuardDeviceFact>()] : null,
        };
    }

    /// <summary>
    /// The sockets that gave this namespace no device. The host's list is whole; another namespace's only has sockets whose
    /// device it has or may have, because all others are no business of it.
    /// </summary>
    public static IReadOnlyList<UapiSocketFact> ProblemsOf(Fact<PlacedUapi> uapi, Fact<IReadOnlyList<LinkFact>> links, NamespaceTarget target)
    {
        if (uapi.Value is not { } all) return [];
        var tuns = TunNames(links);
        var isHost = target.Name == NamespaceTargets.HostName;
        return [.. all.Answers.Where(one => isHost || MayBeHere(one, tuns, target.Id))
            .Select(one => ProblemOf(one, isHost, tuns, links.Value is not null, target.Id)).OfType<UapiSocketFact>()
            .OrderBy(problem => problem.Name, StringComparer.Ordinal)];
    }

    private static UapiSocketFact? ProblemOf(PlacedAnswer one, bool isHost, HashSet<string> tuns, bool linksKnown, string namespaceId)
    {
        if (one.Answer.Problem is { } problem) return problem;
        if (one.Place.Problem == UapiSocketProblem.Ambiguous) return new UapiSocketFact(one.Answer.Name, UapiSocketProblem.Ambiguous, one.Place.Detail!);
        if (!isHost || !linksKnown || IsHere(one, tuns, namespaceId)) return null;
        return new UapiSocketFact(one.Answer.Name, UapiSocketProblem.OtherNamespace, one.Place switch
        {
            { Namespace: null } place => place.Detail!,
            { Namespace: { } here } when here == namespaceId => "it answers, but this network namespace has no TUN device of that name any more",
            { Namespace: { } elsewhere } => $"it answers, but its device is in {elsewhere}",
        });
    }

    private static bool IsHere(PlacedAnswer one, HashSet<string> tuns, string namespaceId) => one.Place.Namespace == namespaceId && tuns.Contains(one.Answer.Name);

    private static bool MayBeHere(PlacedAnswer one, HashSet<string> tuns, string namespaceId) =>
        tuns.Contains(one.Answer.Name) && (one.Place.Namespace is not { } known || known == namespaceId);

    private static WireGuardDeviceFact? DeviceOf(PlacedAnswer one) =>
        one.Answer.Device is { } device ? device with { SocketNamespace = one.Place.SocketNamespace } : null;

    private static HashSet<string> TunNames(Fact<IReadOnlyList<LinkFact>> links) =>
        [.. (links.Value ?? []).Where(link => link.Kind == TunKind).Select(link => link.Name)];
}
