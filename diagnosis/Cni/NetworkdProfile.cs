// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>systemd-networkd: known only by the .netdev file that describes the device; names, ports and routes are the user's.</summary>
internal static class NetworkdProfile
{
    public static CniProfile Value { get; } = new()
    {
        Name = "systemd-networkd",
        OwnSign = File,
    };

    private static string? File(DeviceView device) =>
        Outer.Configs(device).FirstOrDefault(config => config.Manager == NetworkManagerKind.Networkd) is { } found ? $"{DisplayText.Name(found.Source)} describes it" : null;
}
