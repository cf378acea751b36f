// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Signal: the device's MTU is below 1280 while its peers have IPv6 networks, or below 576 at all.
/// Threshold: the smallest MTU of IPv6 (RFC 8200, section 5) and the datagram that every IPv4 host must take (RFC 791).
/// Traps: 1280 is what NetBird and Tailscale use on purpose; small but sufficient values only cost throughput.
/// </summary>
internal sealed class MtuTooSmallRule : IRule
{
    private const int SmallestIPv6 = 1280;
    private const int SmallestIPv4 = 576;

    public RuleDescriptor Descriptor { get; } = new("WG-MTU-TOO-SMALL", Layer.Mtu, Severity.Error, "The tunnel's MTU is too small for IPv6")
    {
        Precedence = Rules.Precedence.Device + 7,
        Explanation = "Linux switches IPv6 off on a device whose MTU falls below 1280: addresses, routes and even the sysctl folder of the device vanish at once, and do not come back by themselves "
            + "when the MTU is raised. IPv4 goes on working.",
        FalsifiedBy = "`ip -6 addr show` lists addresses on the device, or nobody uses IPv6 inside the tunnel.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true, Mtu: > 0 and < SmallestIPv6 }
        let six = device.Peers.Where(peer => peer.AllowedIps.Any(prefix => prefix.Family == IpFamily.IPv6 && PrefixMath.IsRoutable(prefix))).ToList()
        let lost = six.Count > 0 && !device.Addresses(IpFamily.IPv6).Any()
        where lost || device.Link!.Mtu < SmallestIPv4
        select Build(mesh, device, lost ? six : [.. device.Peers], lost);

    private RuleFinding Build(MeshModel mesh, DeviceView device, List<PeerView> hurt, bool lost)
    {
        var wanted = Wanted(mesh, device);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = lost
                ? $"Device {device.Name} on {device.Node.Name} has MTU {device.Link!.Mtu}; below {SmallestIPv6} the kernel takes IPv6 away, which {hurt.Count} of its peers use."
                : $"Device {device.Name} on {device.Node.Name} has MTU {device.Link!.Mtu}; IPv4 hosts expect {SmallestIPv4} to pass in one piece.",
            Confidence = lost ? 0.95 : 0.8,
            Severity = lost ? Descriptor.Severity : Severity.Warning,
            Family = lost ? IpFamily.IPv6 : null,
        };
        draft.Evidence(device, $"ip link show {device.Name}", $"mtu {device.Link.Mtu}", $"{wanted}", "rtnetlink");
        if (lost) draft.Evidence(device, $"ip -6 addr show dev {device.Name}", "no address", null, "rtnetlink");
        draft.Mend(new NodeCommands(device).Mtu(wanted, device.Link.Mtu));
        if (lost) draft.Mend(Interface.InterfaceRepair.Commands(mesh, device, IpFamily.IPv6));
        foreach (var peer in hurt) draft.Affects(peer, lost ? TunnelState.NotRoutedIn : TunnelState.Degraded);
        return draft.Build();
    }

    // What the others have, if that fits here; else what fits.
    private static int Wanted(MeshModel mesh, DeviceView device)
    {
        var limits = device.Peers.Select(peer => UnderlayMtu.Limit(device, peer)).OfType<int>().ToList();
        var fits = limits.Count == 0 ? int.MaxValue : limits.Min();
        var others = mesh.Siblings(device).Select(other => other.Link?.Mtu ?? 0).Where(mtu => mtu >= SmallestIPv6).DefaultIfEmpty(SmallestIPv6).Min();
        return Math.Max(SmallestIPv6, Math.Min(others, fits));
    }
}
