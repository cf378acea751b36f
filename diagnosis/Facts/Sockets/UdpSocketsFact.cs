// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts.Sockets;

/// <summary>The UDP sockets of one network namespace that have to do with WireGuard, and how many others there are.</summary>
public sealed record UdpSocketsFact
{
    /// <summary>Sockets of both families.</summary>
    public long Seen { get; init; }

    /// <summary>Datagrams that all of them dropped because their receive buffers were full, or a checksum was wrong; sockets that were closed are gone from the sum.</summary>
    public Counter Drops { get; init; }

    /// <summary>
    /// Sockets on the listen port of a WireGuard device of this namespace, or of one elsewhere that has no socket in its own namespace; by port,
    /// family and cookie.
    /// </summary>
    public IReadOnlyList<UdpSocketFact> Sockets { get; init; } = [];
}

/// <summary>One UDP socket (struct inet_diag_msg and attributes, linux/inet_diag.h). What the kernel did not send is null.</summary>
public sealed record UdpSocketFact
{
    /// <summary>Family of the socket; a wildcard socket of IPv6 takes IPv4 packets too unless <see cref="V6Only"/>.</summary>
    public required IpFamily Family { get; init; }

    /// <summary>Address it is bound to; <c>0.0.0.0</c> and <c>::</c> = all.</summary>
    public required IpAddr Local { get; init; }

    public required ushort LocalPort { get; init; }

    /// <summary>Where it is connected to; null = nowhere, it takes packets from anyone.</summary>
    public IpEndpoint? Remote { get; init; }

    /// <summary>Index of the device it is bound to (SO_BINDTODEVICE); 0 = none.</summary>
    public int BoundLink { get; init; }

    /// <summary>Number that names the socket as long as the machine runs.</summary>
    public ulong Cookie { get; init; }

    /// <summary>Inode; 0 = no process ever held it.</summary>
    public ulong Inode { get; init; }

    /// <summary>User that made it.</summary>
    public uint UserId { get; init; }

    /// <summary>Mark of what it sends; null without CAP_NET_ADMIN.</summary>
    public uint? Mark { get; init; }

    /// <summary>Takes no IPv4 packets; null for a socket of IPv4.</summary>
    public bool? V6Only { get; init; }

    /// <summary>Id of the cgroup it was made in.</summary>
    public ulong? CgroupId { get; init; }

    /// <summary>Bytes that wait for the program, with the kernel's overhead.</summary>
    public uint ReceiveQueue { get; init; }

    /// <summary>Bytes that wait to be sent, with the kernel's overhead.</summary>
    public uint SendQueue { get; init; }

    /// <summary>Memory of the socket.</summary>
    public SocketMemory? Memory { get; init; }

    /// <summary>Datagrams dropped at this socket: full receive buffer, wrong checksum.</summary>
    public Counter? Drops { get; init; }

    /// <summary>WireGuard devices of this namespace that listen on this port.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>
    /// Cookies of the sockets that share the port, an address and a device with it, so that SO_REUSEPORT or SO_REUSEADDR must be set on all: packets
    /// are spread over them (SO_REUSEPORT) or go to the last one.
    /// </summary>
    public IReadOnlyList<ulong> SharedWith { get; init; } = [];
}

/// <summary>Memory of a socket in bytes (SK_MEMINFO_*, linux/sock_diag.h).</summary>
/// <param name="ReceiveAllocated">In the receive queue, with overhead; at <paramref name="ReceiveBuffer"/> datagrams are dropped.</param>
/// <param name="ReceiveBuffer">SO_RCVBUF, twice of what the program asked for.</param>
/// <param name="SendAllocated">In the send queue, with overhead.</param>
/// <param name="SendBuffer">SO_SNDBUF.</param>
/// <param name="Backlog">Arrived while the program held the socket.</param>
public sealed record SocketMemory(uint ReceiveAllocated, uint ReceiveBuffer, uint SendAllocated, uint SendBuffer, uint Backlog);
