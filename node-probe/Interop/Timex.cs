// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>struct timex (linux/timex.h) of 64-bit systems, 208 bytes; only what is read has a name. Modes 0 changes nothing.</summary>
[StructLayout(LayoutKind.Explicit, Size = 208)]
internal struct Timex
{
    [FieldOffset(0)]
    public uint Modes;

    /// <summary>Microseconds, or nanoseconds with STA_NANO.</summary>
    [FieldOffset(8)]
    public long Offset;

    /// <summary>Parts per million with a 16-bit fraction.</summary>
    [FieldOffset(16)]
    public long Frequency;

    [FieldOffset(24)]
    public long MaxError;

    [FieldOffset(32)]
    public long EstimatedError;

    [FieldOffset(40)]
    public int Status;

    [FieldOffset(88)]
    public long Tick;

    [FieldOffset(160)]
    public int Tai;
}
