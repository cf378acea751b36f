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
        Safe.List(device.Node.Facts.Host?.Managers?.Value?.Devices).FirstOrDefault(file => file.Manager == NetworkManagerKind.Networkd && file.Device == device.RawName) is { } found
            ? $"{DisplayText.Name(found.Path)} describes it"
            : null;
}
