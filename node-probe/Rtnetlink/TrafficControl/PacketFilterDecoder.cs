// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.TrafficControl;

/// <summary>Decodes RTM_NEWTFILTER; of the options only those of <c>bpf</c>.</summary>
internal static class PacketFilterDecoder
{
    private const ushort TcaKind = 1;
    private const ushort TcaOptions = 2;
    private const ushort TcaChain = 11;
    private const ushort TcaHighestKnown = 16;
    private const ushort BpfName = 7;
    private const ushort BpfFlags = 8;
    private const ushort BpfTag = 10;
    private const ushort BpfId = 11;

    /// <summary>TCA_BPF_FLAG_ACT_DIRECT.</summary>
    private const uint FlagDirectAction = 1;

    /// <summary>CLS_BPF_NAME_LEN of the kernel.</summary>
    private const int MaxProgramName = 256;

    /// <summary>The filter; null for the head of a list, which the kernel sends before its filters and which has no options.</summary>
    public static PacketFilterFact? Decode(ReadOnlySpan<byte> payload, string direction, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.TrafficControlHeaderSize)
        {
            unknown++;
            return null;
        }

        var kind = string.Empty;
        var chain = 0u;
        var hasOptions = false;
        var options = default(NetlinkAttribute);
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.TrafficControlHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            var understood = attribute.Type switch
            {
                TcaKind => RtnetlinkText.TryReadWord(attribute, RtnetlinkTypes.MaxNameLength, out kind),
                TcaChain => attribute.TryGetUInt32(out chain),
                _ => attribute.Type <= TcaHighestKnown,
            };
            if (!understood) unknown++;
            if (attribute.Type != TcaOptions) continue;
            hasOptions = true;
            options = attribute;
        }

        if (reader.IsMalformed || kind.Length == 0) unknown++;
        if (kind.Length == 0 || !hasOptions) return null;
        var info = MemoryMarshal.Read<uint>(payload[16..]);
        var fact = new PacketFilterFact
        {
            Link = MemoryMarshal.Read<int>(payload[4..]),
            Direction = direction,
            Kind = kind,
            Preference = (ushort)(info >> 16),
            // The lower half of tcm_info holds a number in network order.
            Protocol = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)info) : (ushort)info,
            Chain = chain,
            Handle = MemoryMarshal.Read<uint>(payload[8..]),
        };
        return kind == "bpf" ? ReadProgram(fact, options, ref unknown) : fact;
    }

    private static PacketFilterFact ReadProgram(PacketFilterFact filter, in NetlinkAttribute options, ref int unknown)
    {
        var direct = false;
        var reader = options.Nested();
        while (reader.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case BpfName when attribute.TryGetString(MaxProgramName, out var name):
                    filter = filter with { ProgramName = name };
                    break;
                case BpfFlags when attribute.TryGetUInt32(out var flags):
                    direct = (flags & FlagDirectAction) != 0;
                    break;
                case BpfTag:
                    filter = filter with { ProgramTag = Convert.ToHexStringLower(attribute.Payload) };
                    break;
                case BpfId when attribute.TryGetUInt32(out var id):
                    filter = filter with { ProgramId = id };
                    break;
                case BpfName or BpfFlags or BpfId:
                    unknown++;
                    break;
            }
        }

        if (reader.IsMalformed) unknown++;
        return filter with { DirectAction = direct };
    }
}
