// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>
/// What every entry is looked at for: enough to count it and to decide whether it is kept. Lives on the stack; the rest stays in the
/// receive buffer until <see cref="CtFlowDecoder"/> is asked for it.
/// </summary>
internal ref struct CtEntry
{
    public CtTuple Original;
    public CtTuple Reply;
    public uint Status;
    public uint Id;
    public ushort Zone;

    /// <summary>State of TCP, SCTP or DCCP; <see cref="NoState"/> for other protocols.</summary>
    public byte State;

    public const byte NoState = byte.MaxValue;

    /// <summary>The attributes after struct nfgenmsg.</summary>
    public ReadOnlySpan<byte> Attributes;

    public readonly bool IsUnreplied => (Status & (uint)ConntrackStatus.SeenReply) == 0;

    public readonly bool IsOffloaded => (Status & (uint)(ConntrackStatus.Offload | ConntrackStatus.HardwareOffload)) != 0;

    public readonly ConntrackNat Nat => Original.NatOf(in Reply);

    /// <summary>Reads a message's payload; false when it is not an entry with two whole tuples.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out CtEntry entry, ref int unknown)
    {
        entry = default;
        entry.State = NoState;
        if (payload.Length < CtAttribute.HeaderSize)
        {
            unknown++;
            return false;
        }

        entry.Attributes = payload[CtAttribute.HeaderSize..];
        var reader = new NetlinkAttributeReader(entry.Attributes);
        while (reader.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case CtAttribute.TupleOriginal:
                    CtTuple.Read(attribute.Payload, out entry.Original, ref unknown);
                    break;
                case CtAttribute.TupleReply:
                    CtTuple.Read(attribute.Payload, out entry.Reply, ref unknown);
                    break;
                case CtAttribute.Status when attribute.Payload.Length == sizeof(uint):
                    entry.Status = BinaryPrimitives.ReadUInt32BigEndian(attribute.Payload);
                    break;
                case CtAttribute.ProtocolInfo:
                    entry.State = StateOf(attribute.Payload);
                    break;
                case CtAttribute.Id when attribute.Payload.Length == sizeof(uint):
                    entry.Id = BinaryPrimitives.ReadUInt32BigEndian(attribute.Payload);
                    break;
                case CtAttribute.Zone when attribute.Payload.Length == sizeof(ushort):
                    entry.Zone = BinaryPrimitives.ReadUInt16BigEndian(attribute.Payload);
                    break;
                case CtAttribute.Status or CtAttribute.Id or CtAttribute.Zone or 0 or > CtAttribute.HighestKnown:
                    unknown++;
                    break;
            }
        }

        // A translation between the families does not exist here, so such a pair is not an entry.
        var whole = entry.Original.IsWhole && entry.Reply.IsWhole && entry.Original.Version == entry.Reply.Version;
        if (reader.IsMalformed || !whole) unknown++;
        return whole;
    }

    private static byte StateOf(ReadOnlySpan<byte> bytes)
    {
        var reader = new NetlinkAttributeReader(bytes);
        while (reader.TryRead(out var protocol))
        {
            if (protocol.Type is not (CtAttribute.InfoTcp or CtAttribute.InfoDccp or CtAttribute.InfoSctp)) continue;
            var inner = protocol.Nested();
            while (inner.TryRead(out var field))
            {
                if (field.Type == CtAttribute.InfoState && field.Payload.Length == 1) return field.Payload[0];
            }
        }

        return NoState;
    }
}
