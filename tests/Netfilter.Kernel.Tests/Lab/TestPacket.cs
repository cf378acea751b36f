// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Lab;

/// <summary>A packet to send: what the evaluator is told of it, and the bytes, which end with the number of the case.</summary>
internal sealed class TestPacket
{
    private const int NumberLength = 8;

    /// <summary>First bytes of each number, so that other packets are not taken for ours.</summary>
    private const uint Magic = 0x4b574447;

    public TestPacket(int number, PacketPath path, FilterPacket packet, int filling)
    {
        Number = number;
        Path = path;
        Bytes = Build(number, packet, filling);
        Packet = packet with { Length = Bytes.Length };
    }

    public int Number { get; }

    public PacketPath Path { get; }

    public FilterPacket Packet { get; }

    /// <summary>The IP packet.</summary>
    public byte[] Bytes { get; }

    /// <summary>The number at the end of a packet's bytes; null when it is none of ours.</summary>
    public static int? NumberOf(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < NumberLength) return null;
        var end = packet[^NumberLength..];
        return BinaryPrimitives.ReadUInt32BigEndian(end) == Magic ? BinaryPrimitives.ReadInt32BigEndian(end[4..]) : null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"#{Number} {Path} {Packet.Source}:{Packet.SourcePort} > {Packet.Destination}:{Packet.DestinationPort} proto {Packet.Protocol} icmp {Packet.IcmpType}/{Packet.IcmpCode} " +
        $"flags {Packet.TcpFlags} len {Packet.Length} ttl {Packet.HopLimit} tos {Packet.TrafficClass} mark {Packet.Mark} in {Packet.Input?.Name} out {Packet.Output?.Name} ct {Packet.Conntrack}";

    private static byte[] Build(int number, FilterPacket packet, int filling)
    {
        var header = packet.Family == IpFamily.IPv4 ? 20 : 40;
        var transport = packet.Protocol switch { 6 => 20, 17 => 8, 1 or 58 => 8, _ => 0 };
        var bytes = new byte[header + transport + filling + NumberLength];
        var end = bytes.AsSpan(bytes.Length - NumberLength);
        BinaryPrimitives.WriteUInt32BigEndian(end, Magic);
        BinaryPrimitives.WriteInt32BigEndian(end[4..], number);
        if (packet.Family == IpFamily.IPv4) WriteIpv4(bytes, packet, number);
        else WriteIpv6(bytes, packet);
        WriteTransport(bytes.AsSpan(header), packet);
        return bytes;
    }

    private static void WriteIpv4(Span<byte> bytes, FilterPacket packet, int number)
    {
        bytes[0] = 0x45;
        bytes[1] = packet.TrafficClass ?? 0;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)(number | 1));
        bytes[8] = packet.HopLimit ?? 64;
        bytes[9] = packet.Protocol;
        packet.Source.WriteNetworkBytes(bytes[12..]);
        packet.Destination.WriteNetworkBytes(bytes[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], Fold(Sum(bytes[..20])));
    }

    private static void WriteIpv6(Span<byte> bytes, FilterPacket packet)
    {
        var tos = packet.TrafficClass ?? 0;
        bytes[0] = (byte)(0x60 | tos >> 4);
        bytes[1] = (byte)(tos << 4);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)(bytes.Length - 40));
        bytes[6] = packet.Protocol;
        bytes[7] = packet.HopLimit ?? 64;
        packet.Source.WriteNetworkBytes(bytes[8..]);
        packet.Destination.WriteNetworkBytes(bytes[24..]);
    }

    private static void WriteTransport(Span<byte> bytes, FilterPacket packet)
    {
        var checksum = 0;
        switch (packet.Protocol)
        {
            case 6 or 17:
                BinaryPrimitives.WriteUInt16BigEndian(bytes, packet.SourcePort ?? 0);
                BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], packet.DestinationPort ?? 0);
                if (packet.Protocol == 17)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)bytes.Length);
                    checksum = 6;
                    break;
                }

                BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], 1000);
                if (((packet.TcpFlags ?? 0) & 16) != 0) BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], 1000);
                bytes[12] = 0x50;
                bytes[13] = packet.TcpFlags ?? 0;
                BinaryPrimitives.WriteUInt16BigEndian(bytes[14..], 8192);
                checksum = 16;
                break;
            case 1 or 58:
                bytes[0] = packet.IcmpType ?? 0;
                bytes[1] = packet.IcmpCode ?? 0;
                BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], packet.IcmpId ?? 0);
                checksum = 2;
                break;
            default:
                return;
        }

        var sum = Sum(bytes);
        if (packet.Protocol != 1)
        {
            Span<byte> pseudo = stackalloc byte[40];
            pseudo.Clear();
            var length = packet.Source.WriteNetworkBytes(pseudo);
            packet.Destination.WriteNetworkBytes(pseudo[length..]);
            BinaryPrimitives.WriteInt32BigEndian(pseudo[32..], bytes.Length);
            pseudo[39] = packet.Protocol;
            sum += Sum(pseudo);
        }

        var folded = Fold(sum);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[checksum..], folded == 0 && packet.Protocol == 17 ? ushort.MaxValue : folded);
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i++) sum += (uint)(bytes[i] << (i % 2 == 0 ? 8 : 0));
        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
