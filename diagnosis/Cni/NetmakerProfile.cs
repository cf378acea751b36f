// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>Netmaker (gravitl/netmaker and its netclient): the server publishes keys and says which MTU; relayed hosts have no entry of their own.</summary>
internal static class NetmakerProfile
{
    public static CniProfile Value { get; } = new()
    {
        Name = "Netmaker",
        Devices = ["netmaker"],
        Ports = [51821],
        FilterOwner = "netmaker",
        Keepalive = 20,
    };
}
