// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: a device of the kernel's WireGuard that is up and has no carrier. The kernel takes the carrier away in one case only: the namespace in which
/// the device was made has ended, and with it its UDP socket (wg_netns_pre_exit).
/// Threshold: none; that no socket is on its port is asked for where sockets were read.
/// Traps: a moved device whose birth namespace lives has its carrier; a device that is down has none and is another finding.
/// </summary>
internal sealed class IfaceSocketGoneRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-IFACE-SOCKET-GONE", Layer.Interface, Severity.Critical, "The device has lost its UDP socket")
    {
        Precedence = Rules.Precedence.Device + 5,
        StopsHandshake = true,
        Explanation = "A WireGuard device keeps its UDP socket in the namespace in which it was made. When that namespace ends (its container died), the device stays, "
            + "but it can never send or receive again.",
        FalsifiedBy = "`ip link show <device>` lists LOWER_UP, or `ss -lun` shows a socket on its port.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device is { IsUserspace: false, Link: { Kind: "wireguard", Up: true, LowerUp: false }, PeerCount: > 0 }
        let sockets = device.Namespace.Facts.UdpSockets?.Value
        where sockets is null || !Safe.List(sockets.Sockets).Any(socket => socket.LocalPort == device.Fact.ListenPort)
        where device.Fact.SocketNamespace is null
        select Build(device, sockets is not null);

    private RuleFinding Build(DeviceView device, bool socketsRead)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} is up but has no carrier: the namespace in which it was made is gone, and its UDP socket with it.",
            Confidence = socketsRead ? 0.97 : 0.85,
        };
        draft.Evidence(device, $"ip link show {device.Name}", "UP, NO-CARRIER", "UP, LOWER_UP", "rtnetlink");
        if (socketsRead) draft.Evidence(device, $"ss -lun sport = :{device.Fact.ListenPort}", "no socket", "a socket of the kernel", "sock_diag");
        draft.Mend(new NamespaceCommands(device.Namespace).DeleteLink(device.Link!));
        foreach (var peer in device.Peers) draft.Affects(peer, TunnelState.NoHandshake);
        foreach (var entry in device.HeldBy) draft.Affects(entry, TunnelState.NoHandshake);
        draft.AffectsUnlisted(device, TunnelState.NoHandshake, TunnelState.NoHandshake);
        return draft.Build();
    }
}
