// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>What in a namespace has to do with its tunnels.</summary>
internal sealed class TunnelScope
{
    private readonly Dictionary<string, int> _tunnels = new(StringComparer.Ordinal);
    private readonly HashSet<int> _underlays = [];
    private readonly PrefixSet _prefixes;

    public TunnelScope(NamespaceFacts space)
    {
        var devices = DeviceView.Devices(space).ToList();
        var names = devices.Select(d => d.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var link in space.Links.Value ?? [])
        {
            if (names.Contains(link.Name)) _tunnels[link.Name] = link.Index;
        }

        foreach (var lookup in space.RouteLookups.Value ?? [])
        {
            if (lookup is { Purpose: RouteLookupPurpose.Endpoint, Link: { } link }) _underlays.Add(link);
        }

        var peers = devices.SelectMany(d => d.Peers).ToList();
        _prefixes = new PrefixSet(peers.SelectMany(p => p.AllowedIps).Where(a => !a.IsDefault)
            .Concat(peers.Where(p => p.Endpoint is not null).Select(p => IpPrefix.Host(p.Endpoint!.Value.Address))));
    }

    public bool IsTunnel(int link) => _tunnels.ContainsValue(link);

    public bool IsTunnel(string device) => _tunnels.ContainsKey(device);

    /// <summary>A tunnel, or a device that packets to a peer's endpoint leave by.</summary>
    public bool IsOnTheWay(int link) => _underlays.Contains(link) || IsTunnel(link);

    /// <summary>The kernel sends the packet where it should go.</summary>
    public bool IsHealthy(RouteLookupFact lookup) => lookup.Purpose == RouteLookupPurpose.Incoming
        ? lookup.Error is null
        : lookup is { Error: null, Type: RouteType.Unicast, Link: { } link } && (lookup.Purpose == RouteLookupPurpose.Endpoint
            ? !IsTunnel(link)
            : _tunnels.TryGetValue(lookup.Device, out var tunnel) && tunnel == link);

    /// <summary>A default route, or one that leads into a tunnel, or decides about an AllowedIPs prefix or a peer's endpoint.</summary>
    public bool Touches(RouteFact route) =>
        route.Destination.IsDefault || route.NextHops.Any(h => IsTunnel(h.Link)) || Touches(route.Destination);

    /// <summary>The prefix overlaps an AllowedIPs prefix (other than a default) or holds a peer's endpoint.</summary>
    public bool Touches(IpPrefix prefix) => _prefixes.Overlaps(prefix);
}
