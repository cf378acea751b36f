// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>Which switch stops the forwarding, and where: each is a code of its own.</summary>
internal enum ForwardingFault
{
    /// <summary>IPv4, for all devices of the node.</summary>
    All,

    /// <summary>IPv4, for single devices only.</summary>
    Device,

    /// <summary>IPv6, which has one switch.</summary>
    Ipv6,
}

/// <summary>One search for the rules about forwarding on nodes, so that a device is in one finding of a family only.</summary>
internal static class ForwardingFindings
{
    public static IEnumerable<RuleFinding> Make(RuleDescriptor rule, MeshModel mesh, ForwardingFault wanted) =>
        from device in mesh.Devices
        where device.Link is not null && device.Namespace.Facts.Sysctls?.Value is not null && device.Namespace.IsHost
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        where device.Peers.Any(peer => peer.AllowedIps.Any(prefix => prefix.Family == family)) && device.RoutesInto(family).Any()
        let finding = Judge(rule, device, family, wanted)
        where finding is not null
        select finding;

    private static ForwardingFault FaultOf(IpFamily family, IEnumerable<ForwardingSwitch> switches) =>
        family == IpFamily.IPv6 ? ForwardingFault.Ipv6 : switches.Any(item => item.Link is null) ? ForwardingFault.All : ForwardingFault.Device;

    private static RuleFinding? Judge(RuleDescriptor rule, DeviceView device, IpFamily family, ForwardingFault wanted)
    {
        var ns = device.Namespace;
        var networks = ns.LocalNetworks.Where(local => local.Prefix.Family == family && LinkRoles.CanHostOthers(ns, local.Link)).ToList();
        if (networks.Count == 0) return null;
        var behind = networks.Where(local => IsServed(device, local)).ToList();
        var alone = device.Peers.All(peer => peer.Remote is null);
        if (behind.Count == 0 && !(alone && LooksLikePods(device, networks, family, out behind))) return null;
        var fromTunnel = ForwardingSwitch.Off(ns, device.RawName, family);
        var fromBehind = behind.Select(local => ForwardingSwitch.Off(ns, ns.LinkByIndex(local.Link)!.Name, family)).OfType<ForwardingSwitch>().Distinct().ToList();
        if (fromTunnel is null && fromBehind.Count == 0) return null;
        return FaultOf(family, fromBehind.Prepend(fromTunnel).OfType<ForwardingSwitch>()) == wanted ? Build(rule, device, family, behind, fromTunnel, fromBehind) : null;
    }

    // Others send packets for hosts in it through the tunnel; a prefix that holds nothing but the node's own addresses needs no forwarding.
    private static bool IsServed(DeviceView device, OwnedPrefix local) => device.HeldBy.Exists(entry => entry.AllowedIps.Any(prefix =>
        !prefix.IsDefault
        && prefix.Overlaps(local.Prefix)
        && !(prefix.IsHost && device.Namespace.Addresses.Any(own => own.Address == prefix.Network))));

    // A wide prefix in AllowedIPs may hold a virtual network (libvirt, docker) that was never meant to be reached.
    private static bool IsMeant(DeviceView device, OwnedPrefix local) =>
        device.Namespace.LinkByIndex(local.Link)?.Kind is null or "vlan" or "bond"
        || device.HeldBy.Exists(entry => entry.AllowedIps.Any(prefix => local.Prefix.Contains(prefix)))
        || local.Prefix.IsHost;

    // No other end was observed: networks with pods, and tunnels to networks rather than to hosts.
    private static bool LooksLikePods(DeviceView device, List<OwnedPrefix> networks, IpFamily family, out List<OwnedPrefix> behind)
    {
        var ns = device.Namespace;
        behind = networks.FindAll(local => ns.LinkByIndex(local.Link)?.Kind is "bridge" or "veth");
        return behind.Count > 0 && device.Peers.Any(peer => peer.AllowedIps.Any(prefix => prefix.Family == family && prefix is { IsHost: false, IsDefault: false }));
    }

    private static RuleFinding Build(RuleDescriptor rule, DeviceView device, IpFamily family, List<OwnedPrefix> behind, ForwardingSwitch? fromTunnel, List<ForwardingSwitch> fromBehind)
    {
        var ns = device.Namespace;
        var observed = device.HeldBy.Count > 0;
        var counter = family == IpFamily.IPv4 ? "Ip.InAddrErrors" : "Ip6.InAddrErrors";
        var drops = ns.CounterGrowth(counter);
        var sure = observed && behind.Exists(local => IsMeant(device, local));
        var switches = fromBehind.Prepend(fromTunnel).OfType<ForwardingSwitch>().Distinct().ToList();
        var draft = new FindingDraft(rule, device)
        {
            Message = $"{device.Node.Name} does not forward IPv{(int)family} ({DisplayText.Join(switches.Select(item => $"{DisplayText.Name(item.Name)} = 0"), 2)}), so {DisplayText.Join(behind.Select(local => local.Prefix), 3)} behind it cannot be reached through {device.Name}.",
            Confidence = sure ? (drops > 0 ? 0.98 : 0.93) : drops > 0 ? 0.7 : 0.4,
            Severity = sure ? rule.Severity : drops > 0 ? Severity.Warning : Severity.Info,
            Family = family,
            Prefixes = [.. behind.Select(local => local.Prefix).Distinct()],
        };
        var commands = new NodeCommands(device);
        foreach (var item in switches)
        {
            draft.Evidence(device, $"sysctl {DisplayText.Name(item.Name)}", "0", "1", "/proc/sys/net");
            draft.Mend(commands.Sysctl(item.Name, 1, 0, family == IpFamily.IPv6 ? "; links that live on router advertisements then need accept_ra=2" : null));
        }

        if (drops > 0) draft.Evidence(device, $"nstat {counter.Replace(".", "", StringComparison.Ordinal)}", $"grew by {drops} during the observation", "0", "/proc/net/snmp");
        foreach (var entry in device.HeldBy.Where(entry => fromTunnel is not null && entry.AllowedIps.Any(prefix => prefix.Family == family)))
            draft.Affects(entry, TunnelState.DroppedAfterDecrypt);
        foreach (var peer in device.Peers.Where(peer => (fromBehind.Count > 0 || !observed) && peer.AllowedIps.Any(prefix => prefix.Family == family)))
            draft.Affects(peer, TunnelState.NotRoutedIn);
        AffectUnlisted(draft, device, family, inbound: fromTunnel is not null, outbound: fromBehind.Count > 0 || !observed);
        return draft.Build();
    }

    private static void AffectUnlisted(FindingDraft draft, DeviceView device, IpFamily family, bool inbound, bool outbound)
    {
        if (inbound && device.HeldBy.All(entry => entry.AllowedIps.Any(prefix => prefix.Family == family)))
            draft.AffectsUnlisted(device, inbound: TunnelState.DroppedAfterDecrypt);
        if (outbound && device.HoldsForUnlisted(peer => peer.AllowedIps.Any(prefix => prefix.Family == family)))
            draft.AffectsUnlisted(device, outbound: TunnelState.NotRoutedIn);
    }
}
