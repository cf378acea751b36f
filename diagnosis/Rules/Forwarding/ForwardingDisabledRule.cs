// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>
/// Signal: forwarding is off for packets from the tunnel or for packets from the networks behind the node, and peers have those networks in their
/// AllowedIPs for it.
/// Threshold: none for the sysctl; growing InAddrErrors (the kernel's count of such drops) raises the confidence, and on a single host
/// they are needed for more than a note.
/// Traps: virtual networks that happen to lie inside a wide prefix; host-to-host tunnels (only the node's own addresses are in AllowedIPs), networks without hosts behind them (dummy, a bridge without
/// ports), ip_forward off with the devices' own values on, BPF host routing (no routes into the device).
/// </summary>
internal sealed class ForwardingDisabledRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-FORWARDING-DISABLED", Layer.Forwarding, Severity.Critical, "The node does not forward")
    {
        Precedence = Rules.Precedence.Receiver,
        Wants = [WantedFact.ProtocolCounters],
        Explanation = "The tunnel delivers packets for pods or hosts behind the node, but the kernel only takes those for its own addresses; all others are dropped and counted as "
            + "InAddrErrors, without an ICMP error to the sender. The handshake stays fresh and the node itself answers.",
        FalsifiedBy = "Forwarding is on for the incoming device, or a BPF program moves the packets past the stack.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is not null && device.Namespace.Facts.Sysctls?.Value is not null
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        where device.Peers.Any(peer => peer.AllowedIps.Any(prefix => prefix.Family == family)) && device.RoutesInto(family).Any()
        let finding = Judge(device, family)
        where finding is not null
        select finding;

    private RuleFinding? Judge(DeviceView device, IpFamily family)
    {
        var ns = device.Namespace;
        var networks = ns.LocalNetworks.Where(local => local.Prefix.Family == family && LinkRoles.CanHostOthers(ns, local.Link)).ToList();
        if (networks.Count == 0) return null;
        var behind = networks.Where(local => IsServed(device, local)).ToList();
        var alone = device.Peers.All(peer => peer.Remote is null);
        if (behind.Count == 0 && !(alone && LooksLikePods(device, networks, family, out behind))) return null;
        var fromTunnel = ForwardingSwitch.Off(ns, device.RawName, family);
        var fromBehind = behind.Select(local => ForwardingSwitch.Off(ns, ns.LinkByIndex(local.Link)!.Name, family)).OfType<ForwardingSwitch>().Distinct().ToList();
        return fromTunnel is null && fromBehind.Count == 0 ? null : Build(device, family, behind, fromTunnel, fromBehind);
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

    private RuleFinding Build(DeviceView device, IpFamily family, List<OwnedPrefix> behind, ForwardingSwitch? fromTunnel, List<ForwardingSwitch> fromBehind)
    {
        var ns = device.Namespace;
        var observed = device.HeldBy.Count > 0;
        var counter = family == IpFamily.IPv4 ? "Ip.InAddrErrors" : "Ip6.InAddrErrors";
        var drops = ns.CounterGrowth(counter);
        var sure = observed && behind.Exists(local => IsMeant(device, local));
        var switches = fromBehind.Prepend(fromTunnel).OfType<ForwardingSwitch>().Distinct().ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} does not forward IPv{(int)family} ({DisplayText.Join(switches.Select(item => $"{DisplayText.Name(item.Name)} = 0"), 2)}), so {DisplayText.Join(behind.Select(local => local.Prefix), 3)} behind it cannot be reached through {device.Name}.",
            Confidence = sure ? (drops > 0 ? 0.98 : 0.93) : drops > 0 ? 0.7 : 0.4,
            Severity = sure ? Descriptor.Severity : drops > 0 ? Severity.Warning : Severity.Info,
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
