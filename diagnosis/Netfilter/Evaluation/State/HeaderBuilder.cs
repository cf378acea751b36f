// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

/// <summary>Writes the headers of a packet as far as they are known.</summary>
internal static class HeaderBuilder
{
    /// <summary>IPv4 or IPv6 header without options.</summary>
    public static HeaderBytes Network(FilterPacket packet) => packet.Family == IpFamily.IPv4 ? Ipv4(packet) : Ipv6(packet);

    /// <summary>The known beginning of the transport header; empty for protocols that are not looked into.</summary>
    public static HeaderBytes Transport(FilterPacket packet)
    {
        switch (packet.Protocol)
        {
            case IpProtocols.Tcp:
                var tcp = Ports(packet, 20);
                tcp.SetByte(13, packet.TcpFlags);
                return tcp;
            case IpProtocols.Udp or IpProtocols.UdpLite:
                var udp = Ports(packet, 8);
                if (packet is { Length: { } length, Fragment: FragmentPart.None }) udp.SetUInt16(4, (ushort)(length - NetworkLength(packet.Family)));
                return udp;
            case IpProtocols.Sctp:
                return Ports(packet, 12);
            case IpProtocols.Dccp:
                return Ports(packet, 12);
            case IpProtocols.Icmp or IpProtocols.IcmpV6:
                var icmp = new HeaderBytes(8);
                icmp.SetByte(0, packet.IcmpType);
                icmp.SetByte(1, packet.IcmpCode);
                icmp.SetUInt16(4, packet.IcmpId);
                return icmp;
            default:
                return new HeaderBytes(0);
        }
    }

    /// <summary>Ethernet header; empty when it is unknown, and only its protocol known when the addresses are not.</summary>
    public static HeaderBytes Link(FilterPacket packet)
    {
        if (packet.LinkLayer is not { } link) return new HeaderBytes(0);
        var header = new HeaderBytes(14);
        if (link.Destination.Length == 6) header.Set(0, link.Destination.Span);
        if (link.Source.Length == 6) header.Set(6, link.Source.Span);
        header.SetUInt16(12, packet.Family == IpFamily.IPv4 ? (ushort)0x0800 : (ushort)0x86dd);
        return header;
    }

    public static int NetworkLength(IpFamily family) => family == IpFamily.IPv4 ? 20 : 40;

    private static HeaderBytes Ipv4(FilterPacket packet)
    {
        var header = new HeaderBytes(20);
        header.SetByte(0, 0x45);
        header.SetByte(1, packet.TrafficClass);
        header.SetUInt16(2, (ushort?)packet.Length);
        // Identification and the don't-fragment bit are nobody's property; the reserved bit is 0.
        switch (packet.Fragment)
        {
            case FragmentPart.None:
                header.SetByte(6, 0, 0xbf);
                header.SetByte(7, 0);
                break;
            case FragmentPart.First:
                header.SetByte(6, 0x20, 0xbf);
                header.SetByte(7, 0);
                break;
        }

        header.SetByte(8, packet.HopLimit);
        header.SetByte(9, packet.Protocol);
        Span<byte> address = stackalloc byte[16];
        header.Set(12, address[..packet.Source.WriteNetworkBytes(address)]);
        header.Set(16, address[..packet.Destination.WriteNetworkBytes(address)]);
        return header;
    }

    private static HeaderBytes Ipv6(FilterPacket packet)
    {
        var header = new HeaderBytes(40);
        // Version, traffic class, flow label: the label is nobody's property.
        if (packet.TrafficClass is { } tos)
        {
            header.SetByte(0, (byte)(0x60 | tos >> 4));
            header.SetByte(1, (byte)(tos << 4), 0xf0);
        }
        else
        {
            header.SetByte(0, 0x60, 0xf0);
        }

        if (packet.Length is { } length) header.SetUInt16(4, (ushort)(length - 40));
        if (packet.Fragment is { } part) header.SetByte(6, part == FragmentPart.None ? packet.Protocol : IpProtocols.FragmentHeader);
        header.SetByte(7, packet.HopLimit);
        Span<byte> address = stackalloc byte[16];
        header.Set(8, address[..packet.Source.WriteNetworkBytes(address)]);
        header.Set(24, address[..packet.Destination.WriteNetworkBytes(address)]);
        return header;
    }

    private static HeaderBytes Ports(FilterPacket packet, int length)
    {
        var header = new HeaderBytes(length);
        header.SetUInt16(0, packet.SourcePort);
        header.SetUInt16(2, packet.DestinationPort);
        return header;
    }
}

/// <summary>IPPROTO_* of netinet/in.h that have ports or types.</summary>
internal static class IpProtocols
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Dccp = 33;
    public const byte FragmentHeader = 44;
    public const byte IcmpV6 = 58;
    public const byte Sctp = 132;
    public const byte UdpLite = 136;

    public static bool HasPorts(byte protocol) => protocol is Tcp or Udp or Dccp or Sctp or UdpLite;

    public static bool IsIcmp(byte protocol) => protocol is Icmp or IcmpV6;
}
