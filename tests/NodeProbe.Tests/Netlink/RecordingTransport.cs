// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

/// <summary>Passes everything to a real transport and writes down what goes by.</summary>
internal sealed class RecordingTransport(INetlinkTransport inner, NetlinkRecording recording) : INetlinkTransport
{
    public uint PortId => inner.PortId;

    public int Send(ReadOnlySpan<byte> message)
    {
        recording.Exchanges.Add(new NetlinkExchange(WithoutNumbers(message), []));
        return inner.Send(message);
    }

    public NetlinkReceipt Receive(Span<byte> buffer, Deadline deadline)
    {
        var receipt = inner.Receive(buffer, deadline);
        if (receipt.Status == NetlinkReceiptStatus.Datagram) recording.Exchanges[^1].Datagrams.Add(WithoutNumbers(buffer[..receipt.Length]));
        return receipt;
    }

    public void Dispose() => inner.Dispose();

    /// <summary>The same bytes with sequence and port id of every message zero, also in the request that an error echoes.</summary>
    public static byte[] WithoutNumbers(ReadOnlySpan<byte> datagram)
    {
        var copy = datagram.ToArray();
        for (var at = 0; at + NetlinkConstants.MessageHeaderSize <= copy.Length;)
        {
            copy.AsSpan(at + 8, 8).Clear();
            var length = MemoryMarshal.Read<int>(copy.AsSpan(at));
            if (MemoryMarshal.Read<ushort>(copy.AsSpan(at + 4)) == NetlinkConstants.TypeError && length >= 36) copy.AsSpan(at + 28, 8).Clear();
            if (length < NetlinkConstants.MessageHeaderSize) break;
            at += NetlinkConstants.Align(length);
        }

        return copy;
    }
}
