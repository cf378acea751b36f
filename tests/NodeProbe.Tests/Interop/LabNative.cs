// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Tests.Interop;

/// <summary>What the lab needs of the C library beyond the probe.</summary>
internal static partial class LabNative
{
    /// <summary>CLONE_NEWNET.</summary>
    public const int CloneNewNetwork = 0x40000000;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int GetThreadId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFifo(string path, uint mode);

    /// <summary>Changes the effective user of the calling thread only, as no function of the C library does; the thread loses its capabilities.</summary>
    public static int SetThreadUser(uint user) =>
        (int)SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 147 : 117, uint.MaxValue, user, uint.MaxValue);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, uint real, uint effective, uint saved);
}
