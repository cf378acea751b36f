// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>
/// Whether a device's prefixes lead into it. Routes in any table count: what sends packets there may look at a mark or a source, and a
/// BPF program needs no route at all.
/// </summary>
internal sealed class RouteUse
{
    private readonly DeviceView _device;
    private readonly PrefixTable<RouteFact> _routes;

    public RouteUse(DeviceView device)
    {
        _device = device;
        _routes = new(new[] { IpFamily.IPv4, IpFamily.IPv6 }
            .SelectMany(device.RoutesInto)
            .Select(route => KeyValuePair.Create(route.Destination, route)));
    }

    /// <summary>True when the kernel's lookup, or any route, leads at least a part of the prefix into the device.</summary>
    public bool Leads(IpPrefix prefix) =>
        (_device.Link is { } link && _device.Namespace.Lookups.ForPrefix(_device, prefix) is { Type: RouteType.Unicast } lookup && lookup.Link == link.Index)
        || _routes.Overlaps(prefix);

    /// <summary>True when somebody made a route of the family into the device.</summary>
    public bool HasStatic(IpFamily family) => _device.RoutesInto(family).Any(RouteConvention.IsStatic);
}
