// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Netfilter.Kernel.Tests.Interop;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Lab;

/// <summary>A packet of the test that came through: left the router by a device, or was taken by it.</summary>
internal sealed record Arrival
{
    public required int Number { get; init; }

    /// <summary>Index of the device it left by; 0 = the router took it.</summary>
    public int Device { get; init; }

    public IpAddr Source { get; init; }

    public IpAddr Destination { get; init; }

    public ushort? SourcePort { get; init; }

    public ushort? DestinationPort { get; init; }

    public uint? Mark { get; init; }

    public byte HopLimit { get; init; }

    public byte TrafficClass { get; init; }

    /// <summary>A frame that leaves the router; null when it is none of the test's.</summary>
    public static Arrival? OfFrame(Received frame)
    {
        const byte outgoing = 4;
        const int ethernet = 14;
        // What leaves by the loopback device (index 1) comes in again.
        if (frame.PacketType != outgoing || frame.Device == 1 || frame.Data.Length < ethernet + 28) return null;
        return BinaryPrimitives.ReadUInt16BigEndian(frame.Data.AsSpan(12)) switch
        {
            0x0800 => OfIpv4(frame.Data.AsSpan(ethernet), frame, frame.Device),
            0x86dd => OfIpv6(frame.Data.AsSpan(ethernet), frame),
            _ => null,
        };
    }

    /// <summary>A packet the router took; IPv6 sockets give no header.</summary>
    public static Arrival? OfLocal(Received packet, bool ipv4)
    {
        if (ipv4) return OfIpv4(packet.Data, packet, 0);
        if (TestPacket.NumberOf(packet.Data) is not { } number) return null;
        IpAddr.TryFromNetworkBytes(packet.Name.AsSpan(8, 16), out var source);
        IpAddr.TryFromNetworkBytes(packet.Find(PacketNative.LevelIpv6, PacketNative.PacketInfo6).AsSpan(0, 16), out var destination);
        return new Arrival { Number = number, Source = source, Destination = destination, Mark = packet.PacketMark, SourcePort = Port(packet.Data, 0), DestinationPort = Port(packet.Data, 2) };
    }

    private static Arrival? OfIpv4(ReadOnlySpan<byte> packet, Received message, int device)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (length > packet.Length || TestPacket.NumberOf(packet[..length]) is not { } number) return null;
        IpAddr.TryFromNetworkBytes(packet.Slice(12, 4), out var source);
        IpAddr.TryFromNetworkBytes(packet.Slice(16, 4), out var destination);
        return new Arrival
        {
            Number = number,
            Device = device,
            Source = source,
            Destination = destination,
            Mark = message.PacketMark,
            TrafficClass = packet[1],
            HopLimit = packet[8],
            SourcePort = Port(packet, 20),
            DestinationPort = Port(packet, 22),
        };
    }

    private static Arrival? OfIpv6(ReadOnlySpan<byte> packet, Received message)
    {
        var length = 40 + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (length > packet.Length || TestPacket.NumberOf(packet[..length]) is not { } number) return null;
        IpAddr.TryFromNetworkBytes(packet.Slice(8, 16), out var source);
        IpAddr.TryFromNetworkBytes(packet.Slice(24, 16), out var destination);
        return new Arrival
        {
            Number = number,
            Device = message.Device,
            Source = source,
            Destination = destination,
            Mark = message.PacketMark,
            TrafficClass = (byte)(packet[0] << 4 | packet[1] >> 4),
            HopLimit = packet[7],
            SourcePort = Port(packet, 40),
            DestinationPort = Port(packet, 42),
        };
    }

    private static ushort? Port(ReadOnlySpan<byte> packet, int offset) => packet.Length >= offset + 2 ? BinaryPrimitives.ReadUInt16BigEndian(packet[offset..]) : null;
}
