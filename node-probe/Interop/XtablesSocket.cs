// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Netfilter.Legacy;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>A raw socket whose options are the kernel's legacy tables. It belongs to the network namespace of the thread that opened it.</summary>
internal sealed class XtablesSocket : IXtablesSource
{
    /// <summary>IPPROTO_RAW: such a socket receives nothing.</summary>
    private const int ProtocolRaw = 255;

    private readonly SafeDescriptor _socket;
    private readonly int _level;

    private XtablesSocket(SafeDescriptor socket, int level) => (_socket, _level) = (socket, level);

    /// <summary>Opens a socket in the calling thread's namespace; returns the errno, 0 when it worked.</summary>
    public static int TryOpen(bool version6, out XtablesSocket? opened)
    {
        opened = null;
        var family = version6 ? Libc.AddressFamilyInet6 : Libc.AddressFamilyInet;
        var number = Libc.Socket(family, Libc.SocketRaw | Libc.SocketCloseOnExec, ProtocolRaw);
        if (number < 0) return Marshal.GetLastPInvokeError();
        opened = new XtablesSocket(new SafeDescriptor(number), version6 ? Libc.LevelIpv6 : Libc.LevelIp);
        return 0;
    }

    public unsafe int GetOption(int option, Span<byte> buffer, out int length)
    {
        fixed (byte* data = buffer)
        {
            var size = (uint)buffer.Length;
            var result = Libc.GetSocketOption(_socket, _level, option, data, &size);
            length = (int)Math.Min(size, (uint)buffer.Length);
            return result == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
