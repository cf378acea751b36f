// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>A network device as far as rules look at it. Null = unknown.</summary>
public sealed record PacketInterface
{
    public string? Name { get; init; }

    public int? Index { get; init; }

    /// <summary>ARPHRD_*: 1 Ethernet, 772 loopback, 65534 none (WireGuard, tun).</summary>
    public ushort? Type { get; init; }

    /// <summary>IFLA_GROUP.</summary>
    public uint? Group { get; init; }

    /// <summary>IFLA_INFO_KIND; empty = the device has none.</summary>
    public string? Kind { get; init; }

    /// <summary>IFF_LOOPBACK.</summary>
    public bool IsLoopback => Type == 772 || Name == "lo";
}

/// <summary>The local socket of a packet. Null = unknown.</summary>
public sealed record PacketSocket
{
    /// <summary>False: no socket, e.g. an answer the kernel makes itself.</summary>
    public bool Exists { get; init; } = true;

    public uint? UserId { get; init; }

    public uint? GroupId { get; init; }

    /// <summary>net_cls class id of the socket's cgroup.</summary>
    public uint? CgroupClass { get; init; }

    /// <summary>Path of the socket's cgroup below the hierarchy's root.</summary>
    public string? CgroupPath { get; init; }
}

/// <summary>The Ethernet header of a packet.</summary>
/// <param name="Source">Six bytes.</param>
/// <param name="Destination">Six bytes.</param>
public sealed record PacketLinkLayer(HexBytes Source, HexBytes Destination)
{
    /// <summary>An Ethernet header of which only the protocol is known.</summary>
    public static readonly PacketLinkLayer OfUnknownAddresses = new(new HexBytes(Array.Empty<byte>()), new HexBytes(Array.Empty<byte>()));
}
