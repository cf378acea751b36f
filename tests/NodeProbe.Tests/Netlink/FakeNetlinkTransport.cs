// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

/// <summary>
/// Gives datagrams that a test has enqueued. Messages with sequence 0 get the number of the last request.
/// It does not simulate: blocking, socket buffers, the kernel's own checks of requests, and time; when nothing is enqueued
/// a wait times out at once.
/// </summary>
internal sealed class FakeNetlinkTransport : INetlinkTransport
{
    private readonly Queue<Func<byte[], NetlinkReceipt>> _incoming = [];

    public uint PortId => 4242;

    public List<byte[]> Sent { get; } = [];

    public bool Disposed { get; private set; }

    /// <summary>The receive buffer of the connection, as it was when the last wait began.</summary>
    public byte[] BufferBeforeLastReceive { get; private set; } = [];

    public FakeNetlinkTransport Enqueue(params ReadOnlySpan<byte[]> datagrams)
    {
        foreach (var datagram in datagrams) EnqueueFrom(0, datagram);
        return this;
    }

    public FakeNetlinkTransport EnqueueFrom(uint sender, byte[] datagram)
    {
        _incoming.Enqueue(buffer =>
        {
            var copy = Renumber(datagram, LastSequence);
            copy.CopyTo(buffer, 0);
            return NetlinkReceipt.Datagram(copy.Length, sender);
        });
        return this;
    }

    public FakeNetlinkTransport EnqueueReceipt(NetlinkReceipt receipt)
    {
        _incoming.Enqueue(_ => receipt);
        return this;
    }

    public int Send(ReadOnlySpan<byte> message)
    {
        Sent.Add(message.ToArray());
        return 0;
    }

    public NetlinkReceipt Receive(Span<byte> buffer, Deadline deadline)
    {
        deadline.Token.ThrowIfCancellationRequested();
        BufferBeforeLastReceive = buffer.ToArray();
        if (!_incoming.TryDequeue(out var next)) return NetlinkReceipt.TimedOut;
        var copy = new byte[buffer.Length];
        var receipt = next(copy);
        copy.CopyTo(buffer);
        return receipt;
    }

    public void Dispose() => Disposed = true;

    /// <summary>Sets the number in every message that has none; what cannot be a message is left as it is.</summary>
    public static byte[] Renumber(byte[] datagram, uint sequence)
    {
        var copy = (byte[])datagram.Clone();
        for (var at = 0; at + NetlinkConstants.MessageHeaderSize <= copy.Length;)
        {
            var length = MemoryMarshal.Read<uint>(copy.AsSpan(at));
            if (MemoryMarshal.Read<uint>(copy.AsSpan(at + 8)) == 0) MemoryMarshal.Write(copy.AsSpan(at + 8), sequence);
            if (length < NetlinkConstants.MessageHeaderSize || length > copy.Length) break;
            at += NetlinkConstants.Align((int)length);
        }

        return copy;
    }

    private uint LastSequence => Sent.Count == 0 ? 0 : MemoryMarshal.Read<uint>(Sent[^1].AsSpan(8));
}
