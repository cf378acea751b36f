// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Sockets;

namespace KubeWgDiag.NodeProbe.Sockets;

/// <summary>
/// Finds the UDP sockets of kernel WireGuard devices that were moved: such a socket stays in the namespace that the device was made in
/// (<c>wg-&gt;creating_net</c>), for good. The kernel says neither this namespace nor whose a socket is; the listen port and that no process
/// holds it tell, and only where one single namespace fits.
/// </summary>
internal static class SocketPlaces
{
    /// <summary>Listen ports of devices that are up and have no socket in their own namespace.</summary>
    public static IReadOnlySet<ushort> OrphanPorts(IReadOnlyList<NamespaceFacts> spaces) =>
        spaces.SelectMany(static space => (space.KernelWireGuard.Value ?? []).Where(device => IsOrphan(space, device))).Select(device => device.ListenPort).ToHashSet();

    /// <summary>Writes the namespace of its socket into each such device for which it is clear.</summary>
    public static IReadOnlyList<NamespaceFacts> Fill(IReadOnlyList<NamespaceFacts> spaces)
    {
        if (OrphanPorts(spaces).Count == 0) return spaces;
        return [.. spaces.Select(space => space.KernelWireGuard.Value is not { } devices ? space : space with
        {
            KernelWireGuard = space.KernelWireGuard with { Value = [.. devices.Select(device => IsOrphan(space, device) ? WithSocket(device, space, spaces) : device)] },
        })];
    }

    private static WireGuardDeviceFact WithSocket(WireGuardDeviceFact device, NamespaceFacts own, IReadOnlyList<NamespaceFacts> spaces)
    {
        var holding = spaces.Where(space => space.Id != own.Id && HoldsByKernel(space, device.ListenPort)).ToList();
        // Two devices without a socket and one socket: nothing says whose it is. A device of there on that port has the better claim.
        return holding is [var only] && !Listens(only, device.ListenPort) && Orphans(spaces, device.ListenPort) == 1
            ? device with { SocketNamespace = only.Id }
            : device;
    }

    private static int Orphans(IReadOnlyList<NamespaceFacts> spaces, ushort port) =>
        spaces.Sum(space => (space.KernelWireGuard.Value ?? []).Count(device => device.ListenPort == port && IsOrphan(space, device)));

    /// <summary>A device that is down has no socket at all, and where sockets could not be listed nothing is known.</summary>
    private static bool IsOrphan(NamespaceFacts space, WireGuardDeviceFact device) =>
        device.ListenPort != 0
        && space.UdpSockets?.Value is { } sockets
        && !sockets.Sockets.Any(socket => socket.LocalPort == device.ListenPort)
        && (space.Links.Value ?? []).Any(link => link.Name == device.Name && link.Up);

    private static bool Listens(NamespaceFacts space, ushort port) => (space.KernelWireGuard.Value ?? []).Any(device => device.ListenPort == port);

    private static bool HoldsByKernel(NamespaceFacts space, ushort port)
    {
        if (space.UdpSockets?.Value is not { } sockets || space.SocketOwners?.Value is not { } owners) return false;
        var ours = sockets.Sockets.Where(socket => socket.LocalPort == port).Select(socket => socket.Cookie).ToHashSet();
        return owners.Owners.Any(owner => owner.Holder is SocketHolder.Kernel or SocketHolder.KernelWireGuard && ours.Contains(owner.Cookie));
    }
}
