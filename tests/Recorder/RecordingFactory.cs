// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.Recorder;

/// <summary>Opens sockets of the kernel and writes down what goes over them, all into one recording until it is taken.</summary>
internal sealed class RecordingFactory : INetlinkTransportFactory
{
    private NetlinkRecording _recording = new();

    /// <summary>Everything since the last call.</summary>
    public NetlinkRecording Take() => Interlocked.Exchange(ref _recording, new NetlinkRecording());

    public int TryOpen(int protocol, out INetlinkTransport? transport)
    {
        var errno = NetlinkSocket.TryOpen(protocol, out var socket);
        transport = socket is null ? null : new RecordingTransport(socket, _recording);
        return errno;
    }
}
