// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.ReversePath;

/// <summary>The reverse path filter as the kernel computes it (IN_DEV_RPFILTER: the larger of "all" and the device's own).</summary>
internal static class ReversePathFilter
{
    public const int Off = 0;
    public const int Strict = 1;
    public const int Loose = 2;

    /// <summary>The effective value for a link; null when it was not read.</summary>
    public static long? Effective(NamespaceView ns, string link)
    {
        var all = ns.Sysctl("net.ipv4.conf.all.rp_filter");
        // A report that had to be small leaves out a device's value where it is that of "all".
        var own = ns.Sysctl(Name(link)) ?? all;
        return all is null || own is null ? null : Math.Max(all.Value, own.Value);
    }

    /// <summary>
    /// Whether the filter refuses what comes in by the device from the address, by the routes that were read; null when they do not tell. The kernel's own answer does not
    /// always say it: EXDEV is the filter for certain, but newer kernels (6.14 and later: fib_validate_source with drop reasons) say EINVAL for every refused source.
    /// </summary>
    public static bool? Refuses(DeviceView device, IpAddr source, long filter)
    {
        if (filter is not (Strict or Loose)) return false;
        if (device.Link is null || !device.Namespace.RoutesRead || !Safe.WasRead(device.Namespace.Facts.Rules)) return null;
        var back = device.Namespace.Fib.Follow(new Flow(source));
        if (back is { Sure: false }) return null;
        return back?.Route is not { Type: RouteType.Unicast } route || (filter == Strict && !NamespaceView.LeadsTo(route, device.Link.Index));
    }

    /// <summary>Whether the address is the node's own: what comes in from it is a martian, whatever the filter says.</summary>
    public static bool IsOwn(DeviceView device, IpAddr address) => device.Namespace.Addresses.Any(own => own.Address == address);

    /// <summary>The switch to turn: the one that makes the value what it is.</summary>
    public static string Name(string link) => $"net.ipv4.conf.{link.Replace('.', '/')}.rp_filter";
}
