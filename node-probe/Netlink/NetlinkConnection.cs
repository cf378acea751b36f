// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>
/// Asks one question after the other over a transport of its own. Not for several threads.
/// With <paramref name="secret"/> the receive buffer is its own, is cleared after every datagram and never used for anything else.
/// </summary>
/// <param name="transport">Where to ask; disposed with the connection.</param>
/// <param name="secret">Answers hold key material.</param>
internal sealed class NetlinkConnection(INetlinkTransport transport, bool secret = false) : IDisposable
{
    /// <summary>The kernel builds dump datagrams up to the largest read it has seen, but at most 32 KiB (netlink_recvmsg).</summary>
    public const int BufferSize = 32 * 1024;

    /// <summary>How often a dump is read before its last state is taken with a flag.</summary>
    public const int MaxDumpAttempts = 5;

    private readonly byte[] _buffer = secret ? NetlinkBuffers.Allocate() : NetlinkBuffers.Rent();
    private uint _sequence;
    private bool _disposed;

    /// <summary>Opens a connection; a failure is a result.</summary>
    public static NetlinkResult TryOpen(INetlinkTransportFactory factory, int protocol, bool secret, out NetlinkConnection? connection)
    {
        var errno = factory.TryOpen(protocol, out var transport);
        connection = errno == 0 && transport is not null ? new NetlinkConnection(transport, secret) : null;
        return connection is null ? new NetlinkResult(NetlinkOutcome.SocketFailed, errno) : default;
    }

    /// <summary>
    /// Sends a request and hands every message of the answer to the handler. When the answer is complete follows from the request:
    /// a dump ends with NLMSG_DONE, a request with NLM_F_ACK with the acknowledgement (after any objects), any other with its first message.
    /// A dump that was interrupted is read again.
    /// </summary>
    public NetlinkResult Execute(Span<byte> request, INetlinkMessageHandler handler, Deadline deadline)
    {
        var flags = MemoryMarshal.Read<ushort>(request[6..]);
        for (var attempt = 1; ; attempt++)
        {
            handler.Begin();
            if (++_sequence == 0) _sequence = 1;
            MemoryMarshal.Write(request[8..], _sequence);
            MemoryMarshal.Write(request[12..], transport.PortId);
            var errno = transport.Send(request);
            if (errno != 0) return new NetlinkResult(NetlinkOutcome.SocketFailed, errno);
            var result = ReceiveAnswer(flags, handler, deadline);
            var again = result is { Interrupted: true, Outcome: NetlinkOutcome.Ok or NetlinkOutcome.Refused };
            if (!again || attempt == MaxDumpAttempts) return result;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (secret) CryptographicOperations.ZeroMemory(_buffer);
        else NetlinkBuffers.Return(_buffer);
        transport.Dispose();
    }

    private NetlinkResult ReceiveAnswer(ushort flags, INetlinkMessageHandler handler, Deadline deadline)
    {
        var interrupted = false;
        while (true)
        {
            try
            {
                var receipt = transport.Receive(_buffer, deadline);
                if (receipt.Status != NetlinkReceiptStatus.Datagram) return ResultOf(receipt);
                // Any process may send to our port id; only the kernel's messages count.
                if (receipt.SenderPortId != 0) continue;
                if (HandleDatagram(_buffer.AsSpan(0, receipt.Length), flags, handler, ref interrupted) is { } result)
                    return result with { Interrupted = interrupted };
            }
            finally
            {
                if (secret) CryptographicOperations.ZeroMemory(_buffer);
            }
        }
    }

    private NetlinkResult? HandleDatagram(ReadOnlySpan<byte> datagram, ushort flags, INetlinkMessageHandler handler, ref bool interrupted)
    {
        var dump = (flags & NetlinkConstants.FlagDump) == NetlinkConstants.FlagDump;
        var acknowledged = (flags & NetlinkConstants.FlagAck) != 0;
        var reader = new NetlinkMessageReader(datagram);
        while (reader.TryRead(out var message))
        {
            if (message.Sequence != _sequence)
            {
                // What is left of an earlier question that was given up is skipped; a later number nobody has used yet.
                if (message.Sequence < _sequence) continue;
                return new NetlinkResult(NetlinkOutcome.Malformed);
            }

            interrupted |= (message.Flags & NetlinkConstants.FlagDumpInterrupted) != 0;
            switch (message.Type)
            {
                case NetlinkConstants.TypeNoop:
                    break;
                case NetlinkConstants.TypeOverrun:
                    return new NetlinkResult(NetlinkOutcome.Overrun);
                case NetlinkConstants.TypeDone:
                    return ResultOf(NetlinkError.ReadDone(message));
                case NetlinkConstants.TypeError:
                    if (!NetlinkError.TryReadError(message, out var error)) return new NetlinkResult(NetlinkOutcome.Malformed);
                    if (!dump || error.Errno != 0) return ResultOf(error);
                    break;
                default:
                    handler.Handle(message);
                    if (!dump && !acknowledged && (message.Flags & NetlinkConstants.FlagMulti) == 0) return default(NetlinkResult);
                    break;
            }
        }

        return reader.IsMalformed ? new NetlinkResult(NetlinkOutcome.Malformed) : null;
    }

    private static NetlinkResult ResultOf(NetlinkError error) =>
        error.Errno == 0 ? default : new NetlinkResult(NetlinkOutcome.Refused, error.Errno, error.Message);

    private static NetlinkResult ResultOf(NetlinkReceipt receipt) => receipt.Status switch
    {
        NetlinkReceiptStatus.TimedOut => new NetlinkResult(NetlinkOutcome.TimedOut),
        NetlinkReceiptStatus.Truncated => new NetlinkResult(NetlinkOutcome.Truncated),
        _ when receipt.Errno == Errno.NoBuffers => new NetlinkResult(NetlinkOutcome.Overrun, receipt.Errno),
        _ => new NetlinkResult(NetlinkOutcome.SocketFailed, receipt.Errno),
    };
}
