// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Ethtool;

/// <summary>Asks for the names of the offload features (ETHTOOL_MSG_STRSET_GET, set ETH_SS_FEATURES), which belong to the kernel and no device.</summary>
internal static class FeatureNamesReader
{
    /// <summary>ETH_GSTRING_LEN.</summary>
    private const int MaxNameLength = 32;

    /// <summary>More than any kernel has.</summary>
    private const int MaxNames = 1024;

    /// <summary>Asks; names by bit, empty where the kernel gave none.</summary>
    public static NetlinkResult Read(NetlinkConnection connection, ushort family, Deadline deadline, out IReadOnlyList<string> names)
    {
        // The nests from the inside: set { id }, sets { set }.
        Span<byte> id = stackalloc byte[16];
        var set = new NestWriter(id).Add(EthtoolAttributes.StringSetId, EthtoolAttributes.StringSetFeatures);
        Span<byte> outer = stackalloc byte[32];
        var sets = new NestWriter(outer).Add(EthtoolAttributes.StringSet | EthtoolAttributes.Nested, set.Bytes);
        var writer = new NetlinkMessageWriter(stackalloc byte[96], family, flags: 0);
        writer.WriteHeader([EthtoolAttributes.CommandStringSets, EthtoolAttributes.Version, 0, 0]);
        writer.WriteAttribute(EthtoolAttributes.Header | EthtoolAttributes.Nested, []);
        writer.WriteAttribute(EthtoolAttributes.StringSets | EthtoolAttributes.Nested, sets.Bytes);
        var answer = new Answer(family);
        var result = connection.Execute(writer.Complete(), answer, deadline);
        names = answer.Names;
        return result;
    }

    private sealed class Answer(ushort family) : INetlinkMessageHandler
    {
        private readonly List<string> _names = [];

        public IReadOnlyList<string> Names => _names;

        public void Begin() => _names.Clear();

        public void Handle(in NetlinkMessage message)
        {
            if (message.Type != family || message.Payload.Length < GenericNetlink.HeaderSize || message.Payload[0] != EthtoolAttributes.CommandStringSets) return;
            var reader = new NetlinkAttributeReader(message.Payload[GenericNetlink.HeaderSize..]);
            while (reader.TryRead(out var attribute))
            {
                if (attribute.Type != EthtoolAttributes.StringSets) continue;
                var sets = attribute.Nested();
                while (sets.TryRead(out var set)) ReadSet(set);
            }
        }

        private void ReadSet(in NetlinkAttribute set)
        {
            uint? id = null;
            var strings = default(NetlinkAttribute);
            var reader = set.Nested();
            while (reader.TryRead(out var attribute))
            {
                if (attribute.Type == EthtoolAttributes.StringSetId && attribute.TryGetUInt32(out var number)) id = number;
                else if (attribute.Type == EthtoolAttributes.StringSetStrings) strings = attribute;
            }

            if (id != EthtoolAttributes.StringSetFeatures) return;
            var list = strings.Nested();
            while (list.TryRead(out var entry)) ReadName(entry);
        }

        private void ReadName(in NetlinkAttribute entry)
        {
            uint? index = null;
            var name = string.Empty;
            var reader = entry.Nested();
            while (reader.TryRead(out var attribute))
            {
                if (attribute.Type == EthtoolAttributes.StringIndex && attribute.TryGetUInt32(out var number)) index = number;
                else if (attribute.Type == EthtoolAttributes.StringValue && attribute.TryGetString(MaxNameLength, out var text)) name = text;
            }

            if (index is not { } position || position >= MaxNames) return;
            while (_names.Count <= position) _names.Add(string.Empty);
            _names[(int)position] = name;
        }
    }
}
