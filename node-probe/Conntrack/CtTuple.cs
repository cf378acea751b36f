// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>A tuple as numbers, made on the stack for every entry that goes by. IPv4 addresses stand in the low half.</summary>
internal struct CtTuple
{
    public ulong SourceHigh;
    public ulong SourceLow;
    public ulong DestinationHigh;
    public ulong DestinationLow;
    public ushort SourcePort;
    public ushort DestinationPort;
    public ushort IcmpId;
    public ushort Zone;
    public byte IcmpType;
    public byte IcmpCode;
    public byte Protocol;

    /// <summary>4 or 6; 0 = no addresses.</summary>
    public byte Version;
    public Parts Has;

    /// <summary>What a tuple has been given.</summary>
    [Flags]
    internal enum Parts : byte
    {
        None = 0,
        Source = 1,
        Destination = 2,
        Protocol = 4,
        SourcePort = 8,
        DestinationPort = 16,
        Icmp = 32,
        Zone = 64,
    }

    /// <summary>Both addresses and the protocol are there: without them a tuple says nothing.</summary>
    public readonly bool IsWhole => (Has & (Parts.Source | Parts.Destination | Parts.Protocol)) == (Parts.Source | Parts.Destination | Parts.Protocol);

    public readonly (IpAddr Source, IpAddr Destination) Addresses => (AddressOf(SourceHigh, SourceLow), AddressOf(DestinationHigh, DestinationLow));

    /// <summary>Reads the value of CTA_TUPLE_*. Fields of a wrong length and unknown ones are counted.</summary>
    public static void Read(ReadOnlySpan<byte> bytes, out CtTuple tuple, ref int unknown)
    {
        tuple = default;
        var reader = new NetlinkAttributeReader(bytes);
        while (reader.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case CtAttribute.TupleIp:
                    tuple.ReadAddresses(attribute.Payload, ref unknown);
                    break;
                case CtAttribute.TupleProtocol:
                    tuple.ReadProtocol(attribute.Payload, ref unknown);
                    break;
                case CtAttribute.TupleZone when attribute.Payload.Length == sizeof(ushort):
                    tuple.Zone = BinaryPrimitives.ReadUInt16BigEndian(attribute.Payload);
                    tuple.Has |= Parts.Zone;
                    break;
                default:
                    unknown++;
                    break;
            }
        }

        if (reader.IsMalformed) unknown++;
    }

    /// <summary>What translation makes of the original tuple: the reply tuple against this one turned round.</summary>
    public readonly ConntrackNat NatOf(ref readonly CtTuple reply)
    {
        // The ports of ICMP are an id that both directions share.
        var source = SourceLow != reply.DestinationLow || SourceHigh != reply.DestinationHigh || SourcePort != reply.DestinationPort || IcmpId != reply.IcmpId;
        var destination = DestinationLow != reply.SourceLow || DestinationHigh != reply.SourceHigh || DestinationPort != reply.SourcePort;
        return (source ? ConntrackNat.Source : ConntrackNat.None) | (destination ? ConntrackNat.Destination : ConntrackNat.None);
    }

    public readonly ConntrackTuple ToFact() => new()
    {
        Source = Addresses.Source,
        Destination = Addresses.Destination,
        Protocol = Protocol,
        SourcePort = (Has & Parts.SourcePort) != Parts.None ? SourcePort : null,
        DestinationPort = (Has & Parts.DestinationPort) != Parts.None ? DestinationPort : null,
        Icmp = (Has & Parts.Icmp) != Parts.None ? new ConntrackIcmp(IcmpType, IcmpCode, IcmpId) : null,
        Zone = (Has & Parts.Zone) != Parts.None ? Zone : null,
    };

    private readonly IpAddr AddressOf(ulong high, ulong low) =>
        IpAddr.FromBits(Version == 6 ? IpFamily.IPv6 : IpFamily.IPv4, new UInt128(high, low));

    private void ReadAddresses(ReadOnlySpan<byte> bytes, ref int unknown)
    {
        var reader = new NetlinkAttributeReader(bytes);
        while (reader.TryRead(out var attribute))
        {
            var value = attribute.Payload;
            switch (attribute.Type)
            {
                case CtAttribute.IpV4Source when value.Length == 4 && Version != 6:
                    (SourceHigh, SourceLow, Version) = (0, BinaryPrimitives.ReadUInt32BigEndian(value), 4);
                    Has |= Parts.Source;
                    break;
                case CtAttribute.IpV4Destination when value.Length == 4 && Version != 6:
                    (DestinationHigh, DestinationLow, Version) = (0, BinaryPrimitives.ReadUInt32BigEndian(value), 4);
                    Has |= Parts.Destination;
                    break;
                case CtAttribute.IpV6Source when value.Length == 16 && Version != 4:
                    (SourceHigh, SourceLow, Version) = (BinaryPrimitives.ReadUInt64BigEndian(value), BinaryPrimitives.ReadUInt64BigEndian(value[8..]), 6);
                    Has |= Parts.Source;
                    break;
                case CtAttribute.IpV6Destination when value.Length == 16 && Version != 4:
                    (DestinationHigh, DestinationLow, Version) = (BinaryPrimitives.ReadUInt64BigEndian(value), BinaryPrimitives.ReadUInt64BigEndian(value[8..]), 6);
                    Has |= Parts.Destination;
                    break;
                default:
                    unknown++;
                    break;
            }
        }

        if (reader.IsMalformed) unknown++;
    }

    private void ReadProtocol(ReadOnlySpan<byte> bytes, ref int unknown)
    {
        var reader = new NetlinkAttributeReader(bytes);
        while (reader.TryRead(out var attribute))
        {
            var value = attribute.Payload;
            switch (attribute.Type)
            {
                case CtAttribute.ProtocolNumber when value.Length == 1:
                    Protocol = value[0];
                    Has |= Parts.Protocol;
                    break;
                case CtAttribute.SourcePort when value.Length == 2:
                    SourcePort = BinaryPrimitives.ReadUInt16BigEndian(value);
                    Has |= Parts.SourcePort;
                    break;
                case CtAttribute.DestinationPort when value.Length == 2:
                    DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(value);
                    Has |= Parts.DestinationPort;
                    break;
                case CtAttribute.IcmpId or CtAttribute.Icmp6Id when value.Length == 2:
                    IcmpId = BinaryPrimitives.ReadUInt16BigEndian(value);
                    Has |= Parts.Icmp;
                    break;
                case CtAttribute.IcmpType or CtAttribute.Icmp6Type when value.Length == 1:
                    IcmpType = value[0];
                    Has |= Parts.Icmp;
                    break;
                case CtAttribute.IcmpCode or CtAttribute.Icmp6Code when value.Length == 1:
                    IcmpCode = value[0];
                    Has |= Parts.Icmp;
                    break;
                default:
                    unknown++;
                    break;
            }
        }

        if (reader.IsMalformed) unknown++;
    }
}
