// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KubeWgDiag.Lab.Interop;

/// <summary>What .NET has no call for.</summary>
internal static partial class Libc
{
    /// <summary>CLONE_NEWNET of linux/sched.h.</summary>
    public const int CloneNewNet = 0x40000000;

    /// <summary>Moves the calling thread into a namespace; setns(2).</summary>
    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNs(SafeFileHandle descriptor, int type);
}
