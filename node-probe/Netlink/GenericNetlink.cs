// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Generic netlink (linux/genetlink.h): finds the number of a family. Numbers are dynamic, so they are asked for on every connection.</summary>
internal static class GenericNetlink
{
    /// <summary>sizeof(struct genlmsghdr): command, version, two reserved bytes.</summary>
    public const int HeaderSize = 4;

    private const ushort ControllerId = 0x10;
    private const byte CommandGetFamily = 3;
    private const ushort AttributeFamilyId = 1;
    private const ushort AttributeFamilyName = 2;

    /// <summary>Asks for a family. The kernel refuses with ENOENT when it does not have it; it may load a module because of the question.</summary>
    public static NetlinkResult TryResolve(NetlinkConnection connection, string family, Deadline deadline, out ushort id)
    {
        var writer = new NetlinkMessageWriter(stackalloc byte[128], ControllerId, flags: 0);
        writer.WriteHeader([CommandGetFamily, 1, 0, 0]);
        writer.WriteString(AttributeFamilyName, family);
        var answer = new FamilyAnswer();
        var result = connection.Execute(writer.Complete(), answer, deadline);
        id = answer.Id;
        return result.IsOk && id == 0 ? new NetlinkResult(NetlinkOutcome.Malformed) : result;
    }

    private sealed class FamilyAnswer : INetlinkMessageHandler
    {
        public ushort Id { get; private set; }

        public void Begin() => Id = 0;

        public void Handle(in NetlinkMessage message)
        {
            if (message.Type != ControllerId || message.Payload.Length < HeaderSize) return;
            var reader = new NetlinkAttributeReader(message.Payload[HeaderSize..]);
            while (reader.TryRead(out var attribute))
            {
                if (attribute.Type == AttributeFamilyId && attribute.TryGetUInt16(out var id)) Id = id;
            }
        }
    }
}
