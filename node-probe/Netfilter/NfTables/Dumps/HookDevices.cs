// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>NFTA_HOOK_DEVS: a list of NFTA_DEVICE_NAME (1) and, since Linux 6.17, NFTA_DEVICE_PREFIX (2).</summary>
internal static class HookDevices
{
    private const ushort DeviceName = 1;
    private const ushort DevicePrefix = 2;

    public static IReadOnlyList<string> Read(ReadOnlySpan<byte> list, NfContext context)
    {
        var devices = new List<string>();
        var reader = new NetlinkAttributeReader(list);
        while (reader.TryRead(out var attribute))
        {
            var name = attribute.Type is DeviceName or DevicePrefix ? context.Names.Get(attribute.Payload) : null;
            if (name is null) context.Unknown++;
            else devices.Add(attribute.Type == DevicePrefix ? name + "*" : name);
        }

        return devices;
    }
}
