// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>Reads the kernel's WireGuard devices: one dump per device of the generic netlink family <c>wireguard</c>.</summary>
internal static class KernelWireGuardReader
{
    /// <summary>IFLA_INFO_KIND of the kernel's devices.</summary>
    public const string LinkKind = "wireguard";

    /// <param name="connection">A generic netlink connection made for secrets.</param>
    /// <param name="devices">Names of the links of kind <c>wireguard</c>.</param>
    /// <param name="deadline">Time for all devices together.</param>
    public static Reading<IReadOnlyList<WireGuardDeviceFact>> Read(NetlinkConnection connection, IReadOnlyList<string> devices, Deadline deadline)
    {
        var resolved = GenericNetlink.TryResolve(connection, WireGuardAttributes.FamilyName, deadline, out var family);
        if (resolved.IsRefusedWith(Errno.NoEntry))
            return Reading<IReadOnlyList<WireGuardDeviceFact>>.None(NotAvailableReason.NotPresent, "the kernel has no WireGuard (module not loaded or not built)");
        if (!resolved.IsOk) return Reading<IReadOnlyList<WireGuardDeviceFact>>.None(resolved);

        var facts = new List<WireGuardDeviceFact>(devices.Count);
        var interrupted = false;
        var unknown = 0;
        foreach (var device in devices)
        {
            var handler = new KernelDeviceHandler(device, family);
            var result = ReadDevice(connection, device, family, handler, deadline);
            // Removed, or renamed and another kind of device, since the links were read.
            if (result.IsRefusedWith(Errno.NoDevice) || result.IsRefusedWith(Errno.NotSupported)) continue;
            if (!result.IsOk) return Reading<IReadOnlyList<WireGuardDeviceFact>>.None(result);
            facts.Add(handler.Device);
            interrupted |= result.Interrupted;
            unknown += handler.Unknown;
        }

        return Reading<IReadOnlyList<WireGuardDeviceFact>>.Of(facts, interrupted, unknown);
    }

    private static NetlinkResult ReadDevice(NetlinkConnection connection, string device, ushort family, KernelDeviceHandler handler, Deadline deadline)
    {
        var writer = new NetlinkMessageWriter(stackalloc byte[128], family, NetlinkConstants.FlagDump);
        writer.WriteHeader([WireGuardAttributes.CommandGetDevice, WireGuardAttributes.FamilyVersion, 0, 0]);
        writer.WriteString(WireGuardAttributes.DeviceName, device);
        return connection.Execute(writer.Complete(), handler, deadline);
    }
}
