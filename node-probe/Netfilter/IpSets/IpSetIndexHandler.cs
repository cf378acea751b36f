// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.IpSets;

/// <summary>Takes the answer to IPSET_CMD_GET_BYNAME.</summary>
internal sealed class IpSetIndexHandler : INetlinkMessageHandler
{
    public ushort? Index { get; private set; }

    public void Begin() => Index = null;

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type != IpSetMessages.GetByName || message.Payload.Length < IpSetMessages.HeaderSize) return;
        var reader = new NetlinkAttributeReader(message.Payload[IpSetMessages.HeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == IpSetMessages.AttributeIndex && attribute.Payload.Length == 2) Index = BinaryPrimitives.ReadUInt16BigEndian(attribute.Payload);
        }
    }
}
