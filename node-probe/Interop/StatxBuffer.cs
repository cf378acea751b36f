// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>
/// struct statx (linux/stat.h), 256 bytes; only what is read has a name.
/// statx and not stat, because its layout is the same on every architecture.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    [FieldOffset(0)]
    public uint Mask;

    /// <summary>stx_mode: file type and permissions.</summary>
    [FieldOffset(28)]
    public ushort Mode;

    /// <summary>stx_ino.</summary>
    [FieldOffset(32)]
    public ulong Inode;

    /// <summary>stx_rdev_major: for a device file.</summary>
    [FieldOffset(128)]
    public uint OwnMajor;

    [FieldOffset(132)]
    public uint OwnMinor;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;
}
