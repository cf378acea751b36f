// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>Decodes WGPEER_A_ALLOWEDIPS: an array whose elements hold family, address and prefix length.</summary>
internal static class AllowedIpDecoder
{
    /// <summary>Appends all prefixes to the peer; entries of another family or with an impossible length are counted and skipped.</summary>
    public static bool ReadAll(in NetlinkAttribute array, WireGuardPeerBuilder peer, ref int unknown)
    {
        var elements = array.Nested();
        while (elements.TryRead(out var element))
        {
            if (!ReadOne(element, peer)) unknown++;
        }

        return !elements.IsMalformed;
    }

    private static bool ReadOne(in NetlinkAttribute element, WireGuardPeerBuilder peer)
    {
        ushort family = 0;
        byte? length = null;
        ReadOnlySpan<byte> address = default;
        var reader = element.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == WireGuardAttributes.AllowedIpFamily && attribute.TryGetUInt16(out var f)) family = f;
            else if (attribute.Type == WireGuardAttributes.AllowedIpAddress) address = attribute.Payload;
            else if (attribute.Type == WireGuardAttributes.AllowedIpLength && attribute.TryGetByte(out var l)) length = l;
        }

        if (reader.IsMalformed || length is null || address.IsEmpty || family > byte.MaxValue) return false;
        if (!RtnetlinkAddress.TryFamily((byte)family, out var known)) return false;
        if (!RtnetlinkAddress.TryReadPrefix(known, address, length.Value, out var prefix)) return false;
        peer.AddAllowedIp(prefix);
        return true;
    }
}
