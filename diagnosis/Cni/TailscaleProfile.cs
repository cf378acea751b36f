// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>
/// Tailscale (wgengine/router of tailscale/tailscale): a TUN device of its daemon and no socket to ask, so nothing of its peers is known; its rules at 5210 to 5270
/// (1310 to 1370 on some distributions) and table 52 show it.
/// </summary>
internal static class TailscaleProfile
{
    public static CniProfile Value { get; } = new()
    {
        Name = "Tailscale",
        Devices = ["tailscale0"],
        Ports = [41641],
        FilterOwner = "tailscale",
        IsItsRule = (rule, device) => rule is { Priority: (>= 5210 and <= 5270) or (>= 1310 and <= 1370) } && device.Name == "tailscale0",
        Marks = [0x80000, 0x40000],
        Tables = [52],
        Mtu = ProfileMtu.Always(1280),
        Normal = NormalBehaviour.SilentWhenIdle,
    };
}
