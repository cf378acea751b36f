// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>One message of a datagram; its payload lives in the receive buffer and is gone after the call it was given to.</summary>
internal readonly ref struct NetlinkMessage
{
    public required ushort Type { get; init; }

    public required ushort Flags { get; init; }

    public required uint Sequence { get; init; }

    /// <summary>Everything after the 16 byte header, without padding.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }
}
