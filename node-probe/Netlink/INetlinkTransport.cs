// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Sends and receives whole netlink datagrams; what stands between the codecs and the kernel.</summary>
internal interface INetlinkTransport : IDisposable
{
    /// <summary>Port id of this end.</summary>
    uint PortId { get; }

    /// <summary>Sends one message to the kernel; returns the errno, 0 when it worked.</summary>
    int Send(ReadOnlySpan<byte> message);

    /// <summary>Waits for one datagram until the deadline.</summary>
    /// <exception cref="OperationCanceledException">The deadline's token was cancelled.</exception>
    NetlinkReceipt Receive(Span<byte> buffer, Deadline deadline);
}

/// <summary>Makes transports; an absent protocol or a missing right is an errno, not an exception.</summary>
internal interface INetlinkTransportFactory
{
    /// <summary>Opens a transport for a NETLINK_* protocol; returns the errno, 0 when it worked.</summary>
    int TryOpen(int protocol, out INetlinkTransport? transport);
}
