// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts.Sockets;

/// <summary>Who holds the sockets of <see cref="UdpSocketsFact.Sockets"/>.</summary>
public sealed record SocketOwnersFact
{
    public IReadOnlyList<SocketOwnerFact> Owners { get; init; } = [];

    /// <summary>Processes whose descriptors were looked at.</summary>
    public int ProcessesSeen { get; init; }

    /// <summary>Processes that did not let their descriptors be looked at.</summary>
    public int ProcessesDenied { get; init; }

    /// <summary>True when every process of the machine was looked at: only then does it mean something that none holds a socket.</summary>
    public bool Complete { get; init; }
}

/// <summary>Who holds one socket.</summary>
/// <param name="Cookie">The socket.</param>
/// <param name="Inode">Its inode.</param>
/// <param name="Holder">What is known.</param>
/// <param name="Processes">The processes that have it open; several after a fork.</param>
public sealed record SocketOwnerFact(ulong Cookie, ulong Inode, SocketHolder Holder, IReadOnlyList<SocketProcess> Processes);

/// <summary>A process that has a socket open.</summary>
/// <param name="Pid">Process id as the probe sees it.</param>
/// <param name="Name">/proc/PID/comm.</param>
public sealed record SocketProcess(int Pid, string Name);

/// <summary>What is known about who holds a socket.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SocketHolder>))]
public enum SocketHolder
{
    /// <summary>Not found, and not everyone was looked at.</summary>
    Unknown,

    /// <summary>The processes named.</summary>
    Process,

    /// <summary>The kernel: the port is a kernel WireGuard device's, and no process has the socket.</summary>
    KernelWireGuard,

    /// <summary>No process at all: some part of the kernel (VXLAN, Geneve, L2TP ...), or a WireGuard device that was moved to another namespace.</summary>
    Kernel,
}
