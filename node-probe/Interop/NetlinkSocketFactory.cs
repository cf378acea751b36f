// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>Opens sockets of the kernel in the calling thread's namespace.</summary>
internal sealed class NetlinkSocketFactory : INetlinkTransportFactory
{
    public int TryOpen(int protocol, out INetlinkTransport? transport)
    {
        var errno = NetlinkSocket.TryOpen(protocol, out var socket);
        transport = socket;
        return errno;
    }
}
