// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>
/// KubeSpan of Talos Linux (controllers/kubespan of siderolabs/talos): filter chains mark what is to be encrypted, a rule leads the mark to table 180; addresses of
/// an unreachable peer leave the set, so that their traffic goes direct.
/// </summary>
internal static class KubeSpanProfile
{
    public static CniProfile Value { get; } = new()
    {
        Name = "KubeSpan",
        Devices = ["kubespan"],
        Ports = [51820],
        FilterOwner = "kubespan",
        IsItsRule = (rule, device) => rule is { Mark: 0x40 or 0x51821, Table: 180 } && device.Name == "kubespan",
        Marks = [0x20, 0x51820],
        Tables = [180],
        Mtu = ProfileMtu.Always(1420),
        Keepalive = 25,
    };
}
