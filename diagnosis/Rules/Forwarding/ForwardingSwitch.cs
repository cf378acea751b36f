// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>The sysctl that stops forwarding of packets that come in by a link.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Link">The incoming link it concerns; null for all.</param>
internal sealed record ForwardingSwitch(string Name, string? Link)
{
    /// <summary>
    /// The switch that is off for a link; null when forwarding works or cannot be known. IPv4 asks the incoming device's own value
    /// (<c>IN_DEV_FORWARD</c>; writing ip_forward copies to all devices). IPv6 asks <c>all</c>, and since Linux 6.17 a device may override with
    /// force_forwarding; its per-device forwarding value is about router advertisements only.
    /// </summary>
    public static ForwardingSwitch? Off(NamespaceView ns, string link, IpFamily family)
    {
        // sysctl(8) writes a dot inside an interface name as a slash.
        var device = link.Replace('.', '/');
        if (family == IpFamily.IPv6)
        {
            // A report that had to be small leaves out a device's value where it is that of "all".
            var forced = ns.Sysctl($"net.ipv6.conf.{device}.force_forwarding") ?? ns.Sysctl("net.ipv6.conf.all.force_forwarding");
            return ns.Sysctl("net.ipv6.conf.all.forwarding") == 0 && (forced ?? 0) == 0
                ? new ForwardingSwitch("net.ipv6.conf.all.forwarding", null)
                : null;
        }

        var all = ns.Sysctl("net.ipv4.ip_forward") ?? ns.Sysctl("net.ipv4.conf.all.forwarding");
        var own = ns.Sysctl($"net.ipv4.conf.{device}.forwarding");
        if ((own ?? all) != 0) return null;
        return all == 0 ? new ForwardingSwitch("net.ipv4.ip_forward", null) : new ForwardingSwitch($"net.ipv4.conf.{device}.forwarding", link);
    }
}
