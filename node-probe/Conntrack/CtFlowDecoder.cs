// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Makes a fact of an entry that is kept.</summary>
internal static class CtFlowDecoder
{
    /// <summary>NF_CT_HELPER_NAME_LEN, and more than any security context that is printed.</summary>
    private const int MaxText = 256;

    public static ConntrackFlow Decode(ref readonly CtEntry entry, ref int unknown)
    {
        var rest = default(Rest);
        var reader = new NetlinkAttributeReader(entry.Attributes);
        while (reader.TryRead(out var attribute)) rest.Take(attribute, ref unknown);
        return new ConntrackFlow
        {
            Id = rest.Id,
            Original = entry.Original.ToFact(),
            Reply = entry.Reply.ToFact(),
            Zone = entry.Zone,
            Status = (ConntrackStatus)entry.Status,
            TimeoutSeconds = rest.Timeout,
            Mark = rest.Mark,
            OriginalCounters = rest.OriginalCounters,
            ReplyCounters = rest.ReplyCounters,
            Started = rest.Started,
            State = CtState.NameOf(entry.Original.Protocol, entry.State),
            Tcp = rest.Tcp,
            Helper = rest.Helper,
            Labels = rest.Labels,
            Use = rest.Use,
            Master = rest.Master,
            SecurityContext = rest.SecurityContext,
        };
    }

    /// <summary>What <see cref="CtEntry"/> has not looked at.</summary>
    private struct Rest
    {
        public uint? Id;
        public uint? Timeout;
        public uint? Mark;
        public uint? Use;
        public ConntrackCounters? OriginalCounters;
        public ConntrackCounters? ReplyCounters;
        public DateTimeOffset? Started;
        public ConntrackTcp? Tcp;
        public string? Helper;
        public string? Labels;
        public string? SecurityContext;
        public ConntrackTuple? Master;

        public void Take(in NetlinkAttribute attribute, ref int unknown)
        {
            switch (attribute.Type)
            {
                case CtAttribute.Id:
                    Id = NumberOf(attribute, ref unknown);
                    break;
                case CtAttribute.Timeout:
                    Timeout = NumberOf(attribute, ref unknown);
                    break;
                case CtAttribute.Mark:
                    Mark = NumberOf(attribute, ref unknown);
                    break;
                case CtAttribute.Use:
                    Use = NumberOf(attribute, ref unknown);
                    break;
                case CtAttribute.CountersOriginal:
                    OriginalCounters = CountersOf(attribute.Nested(), ref unknown);
                    break;
                case CtAttribute.CountersReply:
                    ReplyCounters = CountersOf(attribute.Nested(), ref unknown);
                    break;
                case CtAttribute.Timestamp:
                    Started = StartOf(attribute.Nested(), ref unknown);
                    break;
                case CtAttribute.ProtocolInfo:
                    Tcp = TcpOf(attribute.Nested(), ref unknown);
                    break;
                case CtAttribute.Help:
                    Helper = TextOf(attribute.Nested(), ref unknown);
                    break;
                case CtAttribute.SecurityContext:
                    SecurityContext = TextOf(attribute.Nested(), ref unknown);
                    break;
                case CtAttribute.Labels:
                    Labels = LabelsOf(attribute.Payload, ref unknown);
                    break;
                case CtAttribute.TupleMaster:
                    CtTuple.Read(attribute.Payload, out var master, ref unknown);
                    Master = master.IsWhole ? master.ToFact() : null;
                    break;
            }
        }
    }

    private static uint? NumberOf(in NetlinkAttribute attribute, ref int unknown)
    {
        if (attribute.TryGetUInt32BigEndian(out var number)) return number;
        unknown++;
        return null;
    }

    /// <summary>CTA_COUNTERS_*: 1 packets, 2 bytes; 3 and 4 are their 32-bit ancestors, 5 padding.</summary>
    private static ConntrackCounters? CountersOf(NetlinkAttributeReader reader, ref int unknown)
    {
        ulong? packets = null, bytes = null;
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == 1 && TryGetUInt64(attribute, out var number)) packets = number;
            else if (attribute.Type == 2 && TryGetUInt64(attribute, out number)) bytes = number;
            else if (attribute.Type is < 3 or > 5) unknown++;
        }

        if (reader.IsMalformed) unknown++;
        return packets is null || bytes is null ? null : new ConntrackCounters(packets.Value, bytes.Value);
    }

    /// <summary>CTA_TIMESTAMP_*: 1 start, 2 stop, in nanoseconds since 1970; 3 padding. A dumped entry has not stopped.</summary>
    private static DateTimeOffset? StartOf(NetlinkAttributeReader reader, ref int unknown)
    {
        DateTimeOffset? start = null;
        while (reader.TryRead(out var attribute))
        {
            // A tick is 100 ns; a 64-bit number of nanoseconds always fits into the calendar.
            if (attribute.Type == 1 && TryGetUInt64(attribute, out var nanoseconds)) start = DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100));
            else if (attribute.Type is < 2 or > 3) unknown++;
        }

        if (reader.IsMalformed) unknown++;
        return start;
    }

    private static ConntrackTcp? TcpOf(NetlinkAttributeReader reader, ref int unknown)
    {
        ConntrackTcp? tcp = null;
        while (reader.TryRead(out var protocol))
        {
            if (protocol.Type != CtAttribute.InfoTcp)
            {
                if (protocol.Type is not (CtAttribute.InfoDccp or CtAttribute.InfoSctp)) unknown++;
                continue;
            }

            tcp = new ConntrackTcp();
            var inner = protocol.Nested();
            while (inner.TryRead(out var field))
            {
                // The flags are two bytes, value and mask; a dump has the mask 0xff or none.
                tcp = (field.Type, field.Payload.Length) switch
                {
                    (CtAttribute.InfoState, 1) => tcp,
                    (2, 1) => tcp with { WindowScaleOriginal = field.Payload[0] },
                    (3, 1) => tcp with { WindowScaleReply = field.Payload[0] },
                    (4, 2) => tcp with { FlagsOriginal = field.Payload[0] },
                    (5, 2) => tcp with { FlagsReply = field.Payload[0] },
                    _ => Strange(tcp, ref unknown),
                };
            }

            if (inner.IsMalformed) unknown++;
        }

        if (reader.IsMalformed) unknown++;
        return tcp;
    }

    private static ConntrackTcp Strange(ConntrackTcp tcp, ref int unknown)
    {
        unknown++;
        return tcp;
    }

    /// <summary>CTA_HELP_NAME and CTA_SECCTX_NAME are both attribute 1; what a helper adds is its own business.</summary>
    private static string? TextOf(NetlinkAttributeReader reader, ref int unknown)
    {
        string? text = null;
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type != 1) continue;
            if (attribute.TryGetString(MaxText, out var name)) text = name;
            else unknown++;
        }

        if (reader.IsMalformed) unknown++;
        return text;
    }

    /// <summary>NF_CT_LABELS_MAX_SIZE bytes as they stand in memory, which is little-endian on x86-64 and arm64.</summary>
    private static string? LabelsOf(ReadOnlySpan<byte> bits, ref int unknown)
    {
        if (bits.Length != 16) unknown++;
        else if (BinaryPrimitives.ReadUInt128LittleEndian(bits) is var number && number != UInt128.Zero) return number.ToString("x", CultureInfo.InvariantCulture);
        return null;
    }

    private static bool TryGetUInt64(in NetlinkAttribute attribute, out ulong value) =>
        BinaryPrimitives.TryReadUInt64BigEndian(attribute.Payload, out value) && attribute.Payload.Length == sizeof(ulong);
}
