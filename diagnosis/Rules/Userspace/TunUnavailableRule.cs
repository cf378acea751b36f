// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Interface;

namespace KubeWgDiag.Diagnosis.Rules.Userspace;

/// <summary>
/// Signal: a node that others have as a peer has no WireGuard device, the others' are userspace programs, and the node has no usable /dev/net/tun.
/// Threshold: the file is missing, or is not the character device 10:200.
/// Traps: the kernel's WireGuard needs none; a container may lack the file though the host has it, which this does not see.
/// </summary>
internal sealed class TunUnavailableRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-TUN-UNAVAILABLE", Layer.Platform, Severity.Critical, "There is no /dev/net/tun for the tunnel program")
    {
        Precedence = Rules.Precedence.Device,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "A userspace WireGuard makes its device through /dev/net/tun. Without that file, or with something else in its place, the program ends at its start, and the node has no tunnel.",
        FalsifiedBy = "`ip tuntap add dev test0 mode tun` works on the node.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from lost in LostDevices.Find(mesh)
        where lost.Holders.All(peer => peer.Device.IsUserspace)
        let tun = lost.Host.Node.Facts.Host?.TunDevice?.Value
        where tun is { IsTun: false }
        select Build(lost, tun);

    private RuleFinding Build(LostDevice lost, TunDeviceFact tun)
    {
        var node = lost.Host.Node.Name;
        var draft = LostDeviceFindings.Draft(
            Descriptor, lost, $"{node} has no tunnel, and its /dev/net/tun {(tun.Present ? "is not the TUN device" : "is missing")}: no userspace WireGuard can start there.", 0.9);
        return draft.Evidence(lost.Host, "ls -l /dev/net/tun", tun.Present ? "not the character device 10:200" : "no such file", "crw-rw-rw- 10, 200", "/dev/net/tun").Build();
    }
}
