// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

/// <summary>Makes transports with a function.</summary>
internal sealed class FunctionTransportFactory(Func<int, INetlinkTransport> open) : INetlinkTransportFactory
{
    public int TryOpen(int protocol, out INetlinkTransport? transport)
    {
        transport = open(protocol);
        return 0;
    }
}

/// <summary>Refuses every transport with an errno.</summary>
internal sealed class RefusingTransportFactory(int errno) : INetlinkTransportFactory
{
    public int TryOpen(int protocol, out INetlinkTransport? transport)
    {
        transport = null;
        return errno;
    }
}
