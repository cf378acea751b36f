// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: the device has peers, others have it as a peer, and its link lacks IFF_UP.
/// Threshold: none, the flag is a fact; operstate is not looked at, WireGuard says UNKNOWN when healthy.
/// Traps: a standby device (Kilo's on non-leaders) has no peers or is nobody's peer; on a single host a device that was never used may be down
/// on purpose and is only mentioned. A fresh handshake does not speak against it: a userspace device keeps its socket while down.
/// </summary>
internal sealed class IfaceDownRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-IFACE-DOWN", Layer.Interface, Severity.Critical, "The WireGuard device is down")
    {
        Precedence = Rules.Precedence.Device + 3,
        StopsHandshake = true,
        ExplainedBy = ["WG-PORT-IN-USE", "WG-IFACE-MOVED-NETNS", "WG-CNI-DUPLICATE-OWNER", "WG-NETWORKMANAGER-INTERFERENCE"],
        Explanation = "While the device is administratively down, nothing enters or leaves it and every route through it is gone. The kernel's own "
            + "WireGuard also closes its UDP socket; a userspace one keeps answering handshakes, so that the tunnel looks alive.",
        FalsifiedBy = "`ip link show` lists the device with the flag UP.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices)
        {
            if (device.Link is not { Up: false } || device.PeerCount == 0) continue;
            var wanted = device.HeldBy.Count > 0;
            // Its peers were looked at and none of them knows it: a standby.
            if (!wanted && device.Peers.Any(peer => peer.Remote is not null)) continue;
            // One node of several has it up; those that had it once keep their peers.
            if (!wanted && mesh.OwnerOf(device).Normally(NormalBehaviour.DownOnSomeNodes)) continue;
            var used = wanted || device.Peers.Any(peer => peer.Fact.LastHandshake is not null || peer.Fact.Sent.Value > 0);
            yield return Build(mesh, device, wanted, used);
        }
    }

    private RuleFinding Build(MeshModel mesh, DeviceView device, bool wanted, bool used)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} is administratively down; none of its {device.PeerCount} tunnels carries traffic.",
            Confidence = wanted ? 0.98 : used ? 0.8 : 0.4,
            Severity = wanted ? Descriptor.Severity : used ? Severity.Error : Severity.Info,
        };
        draft.Evidence(device, $"ip link show {device.Name}", "no UP flag", "UP", "rtnetlink");
        if (wanted) draft.Evidence(device.HeldBy[0].Device, $"wg show {device.HeldBy[0].Device.Name} peers", $"has {device.Node.Name} as a peer", null);
        Restore(mesh, device, draft);
        foreach (var peer in device.Peers) draft.Affects(peer, TunnelState.NotRoutedIn);
        foreach (var entry in device.HeldBy)
            draft.Affects(entry, device.IsUserspace ? TunnelState.DroppedAfterDecrypt : TunnelState.NoHandshake);
        draft.AffectsUnlisted(device, outbound: TunnelState.NotRoutedIn, inbound: device.IsUserspace ? TunnelState.DroppedAfterDecrypt : TunnelState.NoHandshake);
        return draft.Build();
    }

    // Going down costs a device its routes, and its IPv6 addresses as well; coming up brings back neither.
    private static void Restore(MeshModel mesh, DeviceView device, FindingDraft draft)
    {
        var commands = new NodeCommands(device);
        draft.Mend(commands.LinkUp());
        foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
            draft.Mend(InterfaceRepair.Commands(mesh, device, family));
    }
}
