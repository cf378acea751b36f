// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>The few C library calls the readers need. Errors are in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
internal static unsafe partial class Libc
{
    public const int AddressFamilyNetlink = 16;
    public const int AddressFamilyInet = 2;
    public const int AddressFamilyInet6 = 10;

    /// <summary>SOL_IP.</summary>
    public const int LevelIp = 0;

    /// <summary>SOL_IPV6.</summary>
    public const int LevelIpv6 = 41;

    public const int SocketRaw = 3;
    public const int SocketCloseOnExec = 0x80000;
    public const int SocketNonBlocking = 0x800;

    /// <summary>SOL_NETLINK.</summary>
    public const int LevelNetlink = 270;

    /// <summary>MSG_DONTWAIT.</summary>
    public const int MessageDontWait = 0x40;

    /// <summary>MSG_TRUNC, as a flag in the answer: the datagram was longer than the buffer.</summary>
    public const int MessageTruncated = 0x20;

    /// <summary>POLLIN.</summary>
    public const short PollIn = 1;

    /// <summary>CLONE_NEWNET.</summary>
    public const int CloneNewNetwork = 0x40000000;

    /// <summary>O_RDONLY | O_NONBLOCK | O_CLOEXEC: non-blocking, because the path may turn out to be a FIFO.</summary>
    public const int OpenReadOnly = 0x800 | 0x80000;

    /// <summary>AT_FDCWD.</summary>
    public const int AtCurrentDirectory = -100;

    /// <summary>AT_EMPTY_PATH: the descriptor itself is meant.</summary>
    public const int AtEmptyPath = 0x1000;

    /// <summary>STATX_TYPE | STATX_INO.</summary>
    public const uint StatxTypeAndInode = 0x1 | 0x100;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeDescriptor socket, SockAddrNl* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(SafeDescriptor socket, SockAddrNl* address, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(SafeDescriptor socket, int level, int name, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(SafeDescriptor socket, int level, int name, byte* value, uint* length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(SafeDescriptor socket, byte* data, nuint length, int flags, SockAddrNl* to, uint toLength);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SafeDescriptor socket, MsgHdr* message, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(nint descriptor);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(SafeDescriptor descriptor, int type);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int directory, string path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "uname", SetLastError = true)]
    public static partial int Uname(byte* buffer);
}
