// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Texts of rtnetlink messages.</summary>
internal static class RtnetlinkText
{
    /// <summary>The most bytes of a hardware address (MAX_ADDR_LEN of linux/netdevice.h).</summary>
    private const int MaxHardwareAddress = 32;

    /// <summary>Words of which a node has thousands: one string for all.</summary>
    private static readonly string[] Frequent = ["veth", "bridge", "noqueue", "pfifo_fast", "fq_codel", "mq", "vxlan", "tun", "vlan", "wireguard", "macvlan"];

    /// <summary>Bytes in hexadecimal with colons; null for none and for more than any hardware address has.</summary>
    public static string? HardwareAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes.Length > MaxHardwareAddress) return null;
        Span<char> text = stackalloc char[(MaxHardwareAddress * 3) - 1];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (i > 0) text[(i * 3) - 1] = ':';
            text[i * 3] = Digit(bytes[i] >> 4);
            text[(i * 3) + 1] = Digit(bytes[i] & 0xf);
        }

        return new string(text[..((bytes.Length * 3) - 1)]);
    }

    /// <summary>Reads a word that many records share (kind of a device, of a queueing discipline).</summary>
    public static bool TryReadWord(in NetlinkAttribute attribute, int maxLength, out string word)
    {
        var end = attribute.Payload.IndexOf((byte)0);
        var text = end < 0 ? attribute.Payload : attribute.Payload[..end];
        foreach (var known in Frequent)
        {
            if (!Ascii.Equals(text, known)) continue;
            word = known;
            return true;
        }

        return attribute.TryGetString(maxLength, out word);
    }

    private static char Digit(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);
}
