// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Sockets;

/// <summary>Names who holds sockets, by the descriptors of all processes. They are looked at only when there is a socket to name.</summary>
internal static class SocketOwnerReader
{
    /// <summary>PROC_PID_INIT_INO (linux/proc_ns.h): inode of the process namespace that has all processes of the machine.</summary>
    private const ulong FirstPidNamespace = 0xEFFFFFFC;

    /// <summary>Reads who holds the sockets.</summary>
    /// <param name="procRoot">The folder of all processes.</param>
    /// <param name="sockets">The sockets to name.</param>
    /// <param name="kernelPorts">Listen ports of the kernel's WireGuard devices of this namespace.</param>
    /// <param name="deadline">When to give up; what was found until then counts.</param>
    public static Reading<SocketOwnersFact> Read(
        string procRoot, IReadOnlyList<UdpSocketFact> sockets, IReadOnlySet<ushort> kernelPorts, Deadline deadline)
    {
        // The kernel's own sockets are looked for as well: only so it can be told that no process has taken the port before it.
        var scan = new DescriptorScan(sockets.Select(socket => socket.Inode).Where(inode => inode != 0));
        var ended = scan.IsIdle || scan.Run(procRoot, deadline);
        var complete = ended && scan.Denied == 0 && (scan.IsIdle || SeesAllProcesses(procRoot));
        var fact = new SocketOwnersFact
        {
            Owners = [.. sockets.Select(Owner)],
            ProcessesSeen = scan.Processes,
            ProcessesDenied = scan.Denied,
            Complete = complete,
        };
        return Reading<SocketOwnersFact>.Of(fact);

        SocketOwnerFact Owner(UdpSocketFact socket)
        {
            var processes = scan.HoldersOf(socket.Inode);
            var kernel = socket.Inode == 0 || complete;
            var holder = processes.Count > 0 ? SocketHolder.Process
                : kernelPorts.Contains(socket.LocalPort) && kernel ? SocketHolder.KernelWireGuard
                : kernel ? SocketHolder.Kernel
                : SocketHolder.Unknown;
            return new SocketOwnerFact(socket.Cookie, socket.Inode, holder, processes);
        }
    }

    /// <summary>A probe in a container without the host's process namespace sees its own processes only.</summary>
    private static bool SeesAllProcesses(string procRoot) =>
        FileStatus.TryRead(Path.Combine(procRoot, "self", "ns", "pid"), out var status) == 0 && status.Inode == FirstPidNamespace;
}
