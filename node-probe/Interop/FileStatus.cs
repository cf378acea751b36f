// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>Type and identity of a file, by statx(2).</summary>
/// <param name="Inode">Inode number.</param>
/// <param name="Mode">st_mode.</param>
/// <param name="Device">Major and minor number of the file system's device.</param>
internal readonly record struct FileStatus(ulong Inode, ushort Mode, ulong Device)
{
    private const int TypeMask = 0xF000;
    private const int TypeSocket = 0xC000;
    private const int TypeRegular = 0x8000;
    private const int TypeCharacter = 0x2000;

    /// <summary>MISC_MAJOR and TUN_MINOR of linux/miscdevice.h.</summary>
    private const ulong TunNumber = (10UL << 32) | 200;

    /// <summary>True for a Unix socket.</summary>
    public bool IsSocket => (Mode & TypeMask) == TypeSocket;

    /// <summary>Major and minor number of a device file.</summary>
    public ulong Number { get; private init; }

    /// <summary>True for the character device of TUN and TAP.</summary>
    public bool IsTun => (Mode & TypeMask) == TypeCharacter && Number == TunNumber;

    /// <summary>What the file is whatever its path: device and inode.</summary>
    public FileIdentity Identity => new(Device, Inode);

    /// <summary>True for a regular file; those of /proc and /sys are regular as well.</summary>
    public bool IsRegular => (Mode & TypeMask) == TypeRegular;

    /// <summary>The name the kernel gives a network namespace with this inode.</summary>
    public string NamespaceId => string.Create(CultureInfo.InvariantCulture, $"net:[{Inode}]");

    /// <summary>Looks at a path, following links; returns the errno, 0 when it worked.</summary>
    public static unsafe int TryRead(string path, out FileStatus status)
    {
        StatxBuffer buffer = default;
        var errno = Libc.Statx(Libc.AtCurrentDirectory, path, 0, Libc.StatxTypeAndInode, &buffer) == 0 ? 0 : Marshal.GetLastPInvokeError();
        status = new FileStatus(buffer.Inode, buffer.Mode, ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor) { Number = ((ulong)buffer.OwnMajor << 32) | buffer.OwnMinor };
        return errno;
    }

    /// <summary>Looks at an open descriptor; returns the errno, 0 when it worked.</summary>
    public static unsafe int TryRead(SafeDescriptor descriptor, out FileStatus status)
    {
        StatxBuffer buffer = default;
        var held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            var number = (int)descriptor.DangerousGetHandle();
            var errno = Libc.Statx(number, string.Empty, Libc.AtEmptyPath, Libc.StatxTypeAndInode, &buffer) == 0 ? 0 : Marshal.GetLastPInvokeError();
            status = new FileStatus(buffer.Inode, buffer.Mode, ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor);
            return errno;
        }
        finally
        {
            if (held) descriptor.DangerousRelease();
        }
    }
}

/// <summary>What a file is whatever its path.</summary>
/// <param name="Device">Major and minor number of the file system's device.</param>
/// <param name="Inode">Inode number.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode);
