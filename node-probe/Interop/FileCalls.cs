// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>C library calls on files and folders relative to an open folder. Errors are in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
internal static unsafe partial class FileCalls
{
    /// <summary>O_DIRECTORY; asm-generic has another value than arm64, which keeps that of 32-bit ARM.</summary>
    public static readonly int OpenDirectory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    /// <summary>SYS_openat2, the same number on every architecture.</summary>
    public const nint SystemCallOpenAt2 = 437;

    /// <summary>RESOLVE_IN_ROOT (linux/openat2.h): the folder is the root for absolute links and for dot-dot.</summary>
    public const ulong ResolveInRoot = 0x10;

    /// <summary>O_PATH | O_CLOEXEC: the file itself, not opened for anything.</summary>
    public const int OpenPath = 0x200000 | 0x80000;

    /// <summary>O_NOFOLLOW; asm-generic has another value than arm64, which keeps that of 32-bit ARM.</summary>
    public static readonly int OpenNoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(SafeDescriptor folder, byte* name, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    public static partial int StatFileSystem(SafeDescriptor descriptor, byte* buffer);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(SafeDescriptor folder, byte* name, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeDescriptor descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint GetDirectoryEntries(SafeDescriptor folder, byte* buffer, nuint length);

    // Variadic in C; on x86-64 and on Linux for arm64 such integer arguments travel as those of any other function.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint OpenAt2(nint number, SafeDescriptor folder, byte* path, OpenHow* how, nint size);

    /// <summary>struct open_how (linux/openat2.h), 24 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
