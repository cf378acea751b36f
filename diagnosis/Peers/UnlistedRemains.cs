// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Peers;

/// <summary>Leaves out what was read because of peers that are not listed: their routes and route lookups.</summary>
internal static class UnlistedRemains
{
    public static NamespaceFacts Remove(NamespaceView ns, IReadOnlyList<PeerSelection> devices) => ns.Facts with
    {
        Routes = ns.Facts.Routes is { Value: { } routes } read ? read with { Value = Routes(routes, devices) } : ns.Facts.Routes!,
        RouteLookups = ns.Facts.RouteLookups is { Value: { } lookups } asked ? asked with { Value = Lookups(lookups, devices) } : ns.Facts.RouteLookups!,
    };

    // A route into the tunnel that is for unlisted peers alone; one that is for many (a cluster's network) lies in no single peer's prefix.
    private static List<RouteFact> Routes(IReadOnlyList<RouteFact> routes, IReadOnlyList<PeerSelection> devices)
    {
        var links = devices.Where(device => device.Device.Link is not null).Select(device => device.Device.Link!.Index).ToHashSet();
        var (listed, unlisted) = (Prefixes(devices.SelectMany(device => device.Listed)), Prefixes(devices.SelectMany(device => device.Unlisted)));
        return [.. routes.Where(route => route is null
            || route.NextHops is not { Count: > 0 } hops
            || !hops.All(hop => hop is not null && links.Contains(hop.Link))
            || !PrefixMath.IsReal(route.Destination)
            || route.Destination.IsDefault
            || !unlisted.Covering(route.Destination).Any()
            || listed.Overlaps(route.Destination))];
    }

    // One lookup per device, family and purpose shows what the kernel answers for all the others.
    private static List<RouteLookupFact> Lookups(IReadOnlyList<RouteLookupFact> lookups, IReadOnlyList<PeerSelection> devices)
    {
        var names = devices.Select(device => device.Device.RawName).ToHashSet(StringComparer.Ordinal);
        var endpoints = devices.SelectMany(device => device.Listed.Where(peer => peer.Endpoint is not null).Select(peer => (device.Device.RawName, peer.Endpoint!.Value.Address))).ToHashSet();
        var prefixes = devices.SelectMany(device => device.Listed.SelectMany(peer => peer.AllowedIps).Select(prefix => (device.Device.RawName, prefix))).ToHashSet();
        var shown = new HashSet<(string, IpFamily, RouteLookupPurpose)>();
        return [.. lookups.Where(lookup => lookup is not null
            && (!names.Contains(lookup.Device)
                || shown.Add((lookup.Device, lookup.Destination.Family, lookup.Purpose))
                || (lookup.Purpose == RouteLookupPurpose.Endpoint
                    ? endpoints.Contains((lookup.Device, lookup.Destination))
                    : lookup.Prefix is not { } prefix || prefixes.Contains((lookup.Device, prefix)))))];
    }

    private static PrefixTable<bool> Prefixes(IEnumerable<PeerView> peers) =>
        new(peers.SelectMany(peer => peer.AllowedIps).Where(prefix => !prefix.IsDefault).Distinct().Select(prefix => KeyValuePair.Create(prefix, true)));
}
