// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Ipv6;

/// <summary>
/// Signal: the WireGuard device has IPv6 networks in its peers' AllowedIPs, and disable_ipv6 is 1 on it.
/// Threshold: other devices of the mesh have IPv6 addresses or routes, or this one's peers name a network; a warning on a single host.
/// Traps: single-stack clusters (no IPv6 in AllowedIPs), clients that write ::/0 by habit, link-local entries (Cilium).
/// </summary>
internal sealed class Ipv6DisabledRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-IPV6-DISABLED", Layer.Interface, Severity.Error, "IPv6 is switched off on the device")
    {
        Precedence = Rules.Precedence.Device + 8,
        ExplainedBy = ["WG-MTU-TOO-SMALL"],
        Explanation = "With disable_ipv6 = 1 the kernel takes all IPv6 addresses and routes from the device and refuses new ones (EACCES). IPv4 goes on working.",
        FalsifiedBy = "`sysctl net.ipv6.conf.<device>.disable_ipv6` says 0, or the cluster uses IPv4 only.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is not null && !device.Addresses(IpFamily.IPv6).Any()
        let name = $"net.ipv6.conf.{device.RawName.Replace('.', '/')}.disable_ipv6"
        where (device.Namespace.Sysctl(name) ?? device.Namespace.Sysctl("net.ipv6.conf.all.disable_ipv6")) is > 0
        let peers = device.Peers.Where(peer => peer.AllowedIps.Any(prefix => prefix.Family == IpFamily.IPv6 && PrefixMath.IsRoutable(prefix))).ToList()
        where peers.Count > 0
        select Build(mesh, device, name, peers);

    private RuleFinding Build(MeshModel mesh, DeviceView device, string name, List<PeerView> peers)
    {
        var others = mesh.Siblings(device).Count(other => other.Addresses(IpFamily.IPv6).Any() || other.RoutesInto(IpFamily.IPv6).Any());
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"IPv6 is switched off on {device.Name} of {device.Node.Name}, but {peers.Count} of its peers have IPv6 networks behind them.",
            Confidence = others > 0 ? 0.95 : 0.7,
            Severity = others > 0 ? Descriptor.Severity : Severity.Warning,
            Family = IpFamily.IPv6,
        };
        draft.Evidence(device, $"sysctl {DisplayText.Name(name)}", "1", "0", "/proc/sys/net");
        draft.Evidence(device, $"wg show {device.Name} allowed-ips", DisplayText.Join(peers.SelectMany(peer => peer.AllowedIps).Where(prefix => prefix.Family == IpFamily.IPv6), 4), null);
        var commands = new NamespaceCommands(device.Namespace);
        if (device.Namespace.Sysctl("net.ipv6.conf.all.disable_ipv6") is > 0) draft.Mend(commands.Sysctl("net.ipv6.conf.all.disable_ipv6", 0, 1));
        draft.Mend(commands.Sysctl(name, 0, 1)).Mend(Interface.InterfaceRepair.Commands(mesh, device, IpFamily.IPv6));
        foreach (var peer in peers) draft.Affects(peer, TunnelState.NotRoutedIn);
        return draft.Build();
    }
}
