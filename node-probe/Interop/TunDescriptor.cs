// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>
/// Asks the kernel in which network namespace the TUN device of another process' descriptor is. No name and no index is compared, so it
/// holds for a device that was moved or renamed. It takes a second descriptor of the open file for the length of one call and neither
/// reads nor writes it; it needs CAP_SYS_PTRACE, and CAP_NET_ADMIN over the device's namespace.
/// </summary>
internal static unsafe partial class TunDescriptor
{
    /// <summary>SYS_pidfd_open, the same number on every architecture.</summary>
    private const nint SystemCallPidFdOpen = 434;

    /// <summary>SYS_pidfd_getfd, the same number on every architecture (since 5.6).</summary>
    private const nint SystemCallPidFdGetFd = 438;

    /// <summary>TUNGETDEVNETNS, _IO('T', 227) (linux/if_tun.h, since 5.2): a descriptor of the device's network namespace.</summary>
    private const nuint GetDeviceNamespace = 0x54E3;

    /// <summary>Returns the errno, 0 when it worked.</summary>
    public static int TryGetNamespace(int processId, int descriptor, out FileStatus space)
    {
        space = default;
        var errno = Own(SystemCall(SystemCallPidFdOpen, processId, 0, 0), out var process);
        if (errno != 0) return errno;
        using (process)
        {
            errno = Own(GetDescriptor(SystemCallPidFdGetFd, process!, descriptor, 0), out var tun);
            if (errno != 0) return errno;
            using (tun)
            {
                errno = Own(Control(tun!, GetDeviceNamespace, 0), out var opened);
                if (errno != 0) return errno;
                using (opened) return FileStatus.TryRead(opened!, out space);
            }
        }
    }

    private static int Own(nint number, out SafeDescriptor? descriptor)
    {
        descriptor = null;
        if ((int)number < 0) return Marshal.GetLastPInvokeError();
        descriptor = new SafeDescriptor((int)number);
        return 0;
    }

    // All variadic in C; on x86-64 and on Linux for arm64 such integer arguments travel as those of any other function.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint GetDescriptor(nint number, SafeDescriptor process, nint descriptor, nint flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeDescriptor descriptor, nuint request, nint argument);
}
