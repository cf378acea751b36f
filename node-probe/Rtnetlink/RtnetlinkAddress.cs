// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Addresses and prefixes of rtnetlink: network order, the length given by the message's family.</summary>
internal static class RtnetlinkAddress
{
    /// <summary>The family of AF_INET or AF_INET6; false for any other.</summary>
    public static bool TryFamily(byte family, out IpFamily result)
    {
        result = family == RtnetlinkTypes.FamilyInet ? IpFamily.IPv4 : IpFamily.IPv6;
        return family is RtnetlinkTypes.FamilyInet or RtnetlinkTypes.FamilyInet6;
    }

    /// <summary>
    /// Reads an address of exactly this family. IPv4-mapped IPv6 addresses are refused: as facts they would be IPv4,
    /// and a route to ::ffff:0:0/96 is not one to 0.0.0.0.
    /// </summary>
    public static bool TryRead(IpFamily family, ReadOnlySpan<byte> bytes, out IpAddr address) =>
        IpAddr.TryFromNetworkBytes(bytes, out address) && bytes.Length == (family == IpFamily.IPv4 ? 4 : 16) && address.Family == family;

    /// <summary>Reads a prefix; no bytes mean the family's unspecified address.</summary>
    public static bool TryReadPrefix(IpFamily family, ReadOnlySpan<byte> bytes, byte length, out IpPrefix prefix)
    {
        var address = IpAddr.FromBits(family, UInt128.Zero);
        prefix = default;
        return (bytes.IsEmpty || TryRead(family, bytes, out address)) && IpPrefix.TryCreate(address, length, out prefix);
    }
}
