// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Rtnetlink;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>Decodes struct sockaddr_in (16 bytes) and sockaddr_in6 (28 bytes): family native, port and address in network order.</summary>
internal static class SocketAddress
{
    private const int SizeV4 = 16;
    private const int SizeV6 = 28;

    /// <summary>Reads an endpoint; an IPv4-mapped address becomes IPv4. Longer structures than known are accepted.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out IpEndpoint endpoint)
    {
        endpoint = default;
        if (bytes.Length < SizeV4) return false;
        var family = MemoryMarshal.Read<ushort>(bytes);
        ReadOnlySpan<byte> address = family switch
        {
            RtnetlinkTypes.FamilyInet => bytes.Slice(4, 4),
            RtnetlinkTypes.FamilyInet6 when bytes.Length >= SizeV6 => bytes.Slice(8, 16),
            _ => [],
        };
        if (!IpAddr.TryFromNetworkBytes(address, out var ip)) return false;
        endpoint = new IpEndpoint(ip, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        return true;
    }
}
