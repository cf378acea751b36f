// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Forwarding;

namespace KubeWgDiag.Diagnosis.Rules.Pods;

/// <summary>
/// Signal: a WireGuard device in a pod's namespace, which has another device as well, whose peers have more than its own addresses behind it, and the namespace does not
/// forward.
/// Threshold: another node's entry names such a network; on a single host drops must be counted for more than a note.
/// Traps: a pod that is only a client; gateways that forward in userspace need no switch, and are devices of no kernel namespace; the host's own value says nothing here.
/// </summary>
internal sealed class GatewayForwardingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-GATEWAY-POD-FORWARDING", Layer.Namespace, Severity.Error, "A gateway pod does not forward")
    {
        Precedence = Rules.Precedence.Receiver + 1,
        Explanation = "Each network namespace has its own forwarding switch, and a pod's starts as the cluster's runtime sets it, whatever the node's is. The gateway's own address answers "
            + "through the tunnel, and everything behind it is dropped inside the pod.",
        FalsifiedBy = "Forwarding is on in the pod's namespace, or nothing behind the pod is meant to be reached.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device is { Namespace.IsHost: false, Link.Up: true } && device.Namespace.Facts.Sysctls?.Value is not null
        where device.Namespace.Links.Any(link => link is { Up: true, Loopback: false } && link.Index != device.Link!.Index && !device.Namespace.IsWireGuard(link.Index))
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        let off = ForwardingSwitch.Off(device.Namespace, device.RawName, family)
        where off is not null
        let entries = device.HeldBy.Where(entry => entry.AllowedIps.Any(prefix => prefix.Family == family && IsBeyond(device, prefix))).ToList()
        let drops = device.Namespace.CounterGrowth(family == IpFamily.IPv4 ? "Ip.InAddrErrors" : "Ip6.InAddrErrors")
        where entries.Count > 0 || (device.HeldBy.Count == 0 && drops > 0 && device.Addresses(family).Any())
        select Build(device, family, off, entries, drops);

    private static bool IsBeyond(DeviceView device, IpPrefix prefix) =>
        !device.Namespace.Addresses.Any(own => prefix.IsHost && own.Address == prefix.Network)
        && !device.Addresses(prefix.Family).Any(own => IpPrefix.TryCreate(own.Address, own.PrefixLength, out var network) && network.Contains(prefix));

    private RuleFinding Build(DeviceView device, IpFamily family, ForwardingSwitch off, List<PeerView> entries, ulong drops)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The gateway {device.Namespace.Name} on {device.Node.Name} does not forward IPv{(int)family} ({DisplayText.Name(off.Name)} = 0 there): nothing behind {device.Name} can be reached.",
            Confidence = entries.Count == 0 ? 0.6 : drops > 0 ? 0.97 : 0.88,
            Severity = entries.Count == 0 ? Severity.Warning : Descriptor.Severity,
            Family = family,
        };
        draft.Evidence(device.Namespace, $"sysctl {DisplayText.Name(off.Name)}", "0", "1", "/proc/sys/net");
        foreach (var entry in entries.Take(3)) draft.Evidence(entry.Device, $"wg show {entry.Device.Name} allowed-ips", DisplayText.Join(entry.AllowedIps, 4), null);
        if (drops > 0) draft.Evidence(device.Namespace, family == IpFamily.IPv4 ? "nstat IpInAddrErrors" : "nstat Ip6InAddrErrors", $"grew by {drops} during the observation", "0", "/proc/net/snmp");
        draft.Mend(new NodeCommands(device).Sysctl(off.Name, 1, 0, "; in the pod's manifest securityContext.sysctls, which the kubelet must allow"));
        foreach (var entry in entries) draft.Affects(entry, TunnelState.DroppedAfterDecrypt);
        return draft.Build();
    }
}
