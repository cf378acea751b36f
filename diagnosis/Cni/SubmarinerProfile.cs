// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>
/// Submariner's cable driver wireguard (pkg/cable/wireguard of submariner-io/submariner): a device without address on the active gateway only, routes to the other
/// clusters in table 150 (149 with OVN). Its keys are published in Endpoint resources, not on nodes.
/// </summary>
internal static class SubmarinerProfile
{
    public static CniProfile Value { get; } = new()
    {
        Name = "Submariner",
        Devices = ["submariner"],
        Ports = [4500],
        FilterOwner = "submariner",
        IsItsRule = (rule, device) => rule.Table is 149 or 150 && device.Name == "submariner",
        Tables = [150, 149],
        Mtu = ProfileMtu.Always(1420),
        Keepalive = 10,
        Normal = NormalBehaviour.NoAddress,
    };
}
