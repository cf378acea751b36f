// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

/// <summary>
/// Answers each request with what was recorded for it. It does not simulate the kernel: a request that was never recorded, and
/// anything after the recorded answer, is silence, which is a timeout at once.
/// </summary>
/// <param name="recording">What was recorded.</param>
/// <param name="change">Changes a datagram on its way, given its number in the recording; null = this and what follows is lost.</param>
internal sealed class ReplayTransport(NetlinkRecording recording, Func<int, byte[], byte[]?>? change = null) : INetlinkTransport
{
    private readonly Queue<byte[]> _incoming = [];

    public uint PortId => 1;

    public int Send(ReadOnlySpan<byte> message)
    {
        _incoming.Clear();
        var wanted = RecordingTransport.WithoutNumbers(message);
        var number = 0;
        foreach (var exchange in recording.Exchanges)
        {
            if (!exchange.Request.AsSpan().SequenceEqual(wanted))
            {
                number += exchange.Datagrams.Count;
                continue;
            }

            foreach (var datagram in exchange.Datagrams)
            {
                var changed = change is null ? datagram : change(number, datagram);
                if (changed is null) break;
                number++;
                _incoming.Enqueue(FakeNetlinkTransport.Renumber(changed, MemoryMarshal.Read<uint>(message[8..])));
            }

            break;
        }

        return 0;
    }

    public NetlinkReceipt Receive(Span<byte> buffer, Deadline deadline)
    {
        if (!_incoming.TryDequeue(out var datagram)) return NetlinkReceipt.TimedOut;
        datagram.CopyTo(buffer);
        return NetlinkReceipt.Datagram(datagram.Length, 0);
    }

    public void Dispose() => _incoming.Clear();
}
