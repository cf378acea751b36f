// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Interop;

/// <summary>Raw and packet sockets.</summary>
internal static unsafe partial class PacketNative
{
    public const int AddressFamilyInet = 2, AddressFamilyInet6 = 10, AddressFamilyPacket = 17;
    public const int Raw = 3, NonBlocking = 0x800, CloseOnExec = 0x80000;
    public const int LevelSocket = 1, LevelIp = 0, LevelIpv6 = 41;

    /// <summary>SO_MARK, SO_RCVMARK, SO_RCVBUFFORCE, IP_HDRINCL, IPV6_HDRINCL, IPV6_RECVPKTINFO, IPV6_PKTINFO.</summary>
    public const int Mark = 36, ReceiveMark = 75, ReceiveBufferForce = 33, HeaderIncluded = 3, HeaderIncluded6 = 36, ReceivePacketInfo6 = 49, PacketInfo6 = 50;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int socket, int level, int name, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int socket, byte* data, nuint length, int flags, byte* to, uint toLength);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint Receive(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollRequest* requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int socket);
}

/// <summary>struct msghdr of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public byte* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nuint Length;
}

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollRequest
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
