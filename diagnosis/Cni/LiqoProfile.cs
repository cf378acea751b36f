// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>Liqo (pkg/gateway/tunnel/wireguard of liqotech/liqo): a device inside a gateway pod with one peer that owns everything, behind a Service.</summary>
internal static class LiqoProfile
{
    public static CniProfile Value { get; } = new()
    {
        Name = "Liqo",
        Devices = ["liqo-tunnel"],
        Ports = [51840],
        FilterOwner = "liqo",
        Mtu = ProfileMtu.Always(1340),
        Keepalive = 0,
        Normal = NormalBehaviour.SilentWhenIdle | NormalBehaviour.CatchAll,
    };
}
