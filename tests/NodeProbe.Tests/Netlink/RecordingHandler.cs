// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

/// <summary>Keeps the payload of every message it is given.</summary>
internal sealed class RecordingHandler : INetlinkMessageHandler
{
    public int Begun { get; private set; }

    public List<byte[]> Payloads { get; } = [];

    public void Begin()
    {
        Begun++;
        Payloads.Clear();
    }

    public void Handle(in NetlinkMessage message) => Payloads.Add(message.Payload.ToArray());
}
