// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>What a host asks of a packet before it forwards it: that it may, and that it fits.</summary>
internal sealed class ForwardingStage(WalkNamespace space, WalkLog log)
{
    /// <summary>False when the packet ends here.</summary>
    public bool Pass(FilterPacket packet, LinkFact input)
    {
        var name = SwitchOf(packet.Family, input.Name);
        if (space.Facts.Sysctls.Value is not { } sysctls || !sysctls.TryGetValue(name, out var value))
        {
            log.Note(space, WalkStage.Forwarding, WalkOutcome.Undetermined, $"{name} could not be read");
            log.Decisions.Add(new WalkDecision(space, WalkOutcome.Undetermined, WalkStopKind.ForwardingOff, $"{name}, which could not be read"));
            return true;
        }

        if (value != 0) return true;
        log.Drop(space, WalkStage.Forwarding, "this namespace does not forward", $"{name} = 0", kind: WalkStopKind.ForwardingOff);
        return false;
    }

    /// <summary>True when it is known that packets from a device are not forwarded.</summary>
    public static bool IsOff(WalkNamespace space, IpFamily family, LinkFact input) =>
        space.Facts.Sysctls.Value is { } sysctls && sysctls.TryGetValue(SwitchOf(family, input.Name), out var value) && value == 0;

    /// <summary>False when the packet ends here: too long, and nobody may cut it.</summary>
    public bool Fits(FilterPacket packet, RoutingAnswer route, bool forwarded)
    {
        var device = route.Link is { } index ? space.Link(index) : null;
        if (log.Length is not { } length || (route.Mtu ?? device?.Mtu) is not (> 0 and { } mtu) || length <= mtu) return true;
        var what = string.Create(CultureInfo.InvariantCulture, $"{length} bytes do not fit the MTU of {mtu}");
        var by = $"mtu {mtu.ToString(CultureInfo.InvariantCulture)} of {(route.Mtu is null ? device?.Name : "the route")}";
        // RFC 8200: routers never cut IPv6 packets. IPv4 and packets made here are cut unless they say "don't fragment", as TCP does.
        if (forwarded && packet.Family == IpFamily.IPv6)
        {
            log.Drop(space, WalkStage.Mtu, what + "; the sender is told by Packet Too Big", by, kind: WalkStopKind.TooLong);
            return false;
        }

        log.Note(space, WalkStage.Mtu, WalkOutcome.Undetermined, what + ": cut, or dropped with Fragmentation Needed when it may not be", by);
        return true;
    }

    // IPv4 asks the incoming device (IN_DEV_FORWARD); IPv6 asks the namespace (net->ipv6.devconf_all).
    private static string SwitchOf(IpFamily family, string device) => family == IpFamily.IPv4
        ? $"net.ipv4.conf.{device.Replace('.', '/')}.forwarding"
        : "net.ipv6.conf.all.forwarding";
}
