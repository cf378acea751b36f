// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>A netlink socket of the kernel. It belongs to the network namespace of the thread that opened it, whoever uses it later.</summary>
internal sealed class NetlinkSocket : INetlinkTransport
{
    /// <summary>How long a wait may last before cancellation is looked at again, in milliseconds.</summary>
    private const int PollSliceMilliseconds = 100;

    private readonly SafeDescriptor _socket;

    private NetlinkSocket(SafeDescriptor socket, uint portId) => (_socket, PortId) = (socket, portId);

    public uint PortId { get; }

    /// <summary>Opens and binds a socket in the calling thread's namespace; returns the errno, 0 when it worked.</summary>
    public static unsafe int TryOpen(int protocol, out NetlinkSocket? opened)
    {
        opened = null;
        var type = Libc.SocketRaw | Libc.SocketCloseOnExec | Libc.SocketNonBlocking;
        var number = Libc.Socket(Libc.AddressFamilyNetlink, type, protocol);
        if (number < 0) return Marshal.GetLastPInvokeError();
        var socket = new SafeDescriptor(number);
        var address = new SockAddrNl { Family = Libc.AddressFamilyNetlink };
        var length = (uint)sizeof(SockAddrNl);
        if (Libc.Bind(socket, &address, length) != 0 || Libc.GetSocketName(socket, &address, &length) != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            socket.Dispose();
            return errno;
        }

        // All three only make answers better; kernels that lack one of them (before 4.3, 4.12, 4.20) work without.
        SetOption(socket, NetlinkConstants.OptionCapAck);
        SetOption(socket, NetlinkConstants.OptionExtendedAck);
        SetOption(socket, NetlinkConstants.OptionStrictCheck);
        opened = new NetlinkSocket(socket, address.PortId);
        return 0;
    }

    public unsafe int Send(ReadOnlySpan<byte> message)
    {
        var kernel = new SockAddrNl { Family = Libc.AddressFamilyNetlink };
        fixed (byte* data = message)
        {
            while (true)
            {
                if (Libc.SendTo(_socket, data, (nuint)message.Length, 0, &kernel, (uint)sizeof(SockAddrNl)) >= 0) return 0;
                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.Interrupted) return errno;
            }
        }
    }

    public NetlinkReceipt Receive(Span<byte> buffer, Deadline deadline)
    {
        while (true)
        {
            deadline.Token.ThrowIfCancellationRequested();
            var remaining = deadline.Remaining;
            if (remaining <= TimeSpan.Zero) return NetlinkReceipt.TimedOut;
            // The kernel answers within the request, so there is hardly ever anything to wait for.
            var receipt = ReceiveNow(buffer);
            if (receipt.Status != NetlinkReceiptStatus.Failed || receipt.Errno is not (Errno.Again or Errno.Interrupted)) return receipt;
            if (receipt.Errno == Errno.Interrupted) continue;
            var errno = Poll((int)Math.Min(Math.Ceiling(remaining.TotalMilliseconds), PollSliceMilliseconds));
            if (errno != 0) return NetlinkReceipt.Failed(errno);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static unsafe void SetOption(SafeDescriptor socket, int option)
    {
        var on = 1;
        _ = Libc.SetSocketOption(socket, Libc.LevelNetlink, option, &on, sizeof(int));
    }

    /// <summary>Waits until the socket has something, an error too, which recvmsg then names; returns the errno.</summary>
    private unsafe int Poll(int milliseconds)
    {
        var held = false;
        try
        {
            _socket.DangerousAddRef(ref held);
            var descriptor = new PollFd { Descriptor = (int)_socket.DangerousGetHandle(), Events = Libc.PollIn };
            if (Libc.Poll(&descriptor, 1, milliseconds) >= 0) return 0;
            var errno = Marshal.GetLastPInvokeError();
            return errno == Errno.Interrupted ? 0 : errno;
        }
        finally
        {
            if (held) _socket.DangerousRelease();
        }
    }

    private unsafe NetlinkReceipt ReceiveNow(Span<byte> buffer)
    {
        fixed (byte* data = buffer)
        {
            SockAddrNl sender = default;
            var vector = new IoVec { Base = data, Length = (nuint)buffer.Length };
            var header = new MsgHdr { Name = &sender, NameLength = (uint)sizeof(SockAddrNl), Vectors = &vector, VectorCount = 1 };
            var length = Libc.ReceiveMessage(_socket, &header, Libc.MessageDontWait);
            if (length < 0) return NetlinkReceipt.Failed(Marshal.GetLastPInvokeError());
            if ((header.Flags & Libc.MessageTruncated) != 0) return NetlinkReceipt.Truncated;
            // Without a whole sender address nobody can say that the kernel sent it.
            var port = header.NameLength == sizeof(SockAddrNl) && sender.Family == Libc.AddressFamilyNetlink ? sender.PortId : uint.MaxValue;
            return NetlinkReceipt.Datagram((int)length, port);
        }
    }
}
