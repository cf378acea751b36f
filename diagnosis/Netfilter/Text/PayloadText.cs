// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>What packet bytes are called under the protocols that are known.</summary>
internal static class PayloadText
{
    public static Operand Load(PayloadLoad load, ProtocolContext context)
    {
        var protocol = ProtocolOf(load, context);
        var bits = load.Length * 8;
        var raw = new Operand(RawName(load), DataType.HexInteger, bits) { Payload = load, Protocol = protocol };
        if (protocol is null) return raw;
        return HeaderFields.Find(protocol, load.Offset * 8, bits) is { } field ? OfField(raw, field) : raw;
    }

    /// <summary>A field of the header that the bytes are in.</summary>
    public static Operand OfField(Operand bytes, HeaderField field)
    {
        var protocol = bytes.Protocol!;
        return bytes with
        {
            Text = protocol == HeaderFields.Arp && field.Name.Contains(' ', StringComparison.Ordinal)
                ? $"arp {field.Name}"
                : $"{protocol} {field.Name}",
            Type = field.Type,
            Bits = field.Bits,
            Kills = protocol switch
            {
                HeaderFields.Ether => Layer.Link,
                HeaderFields.Vlan => Layer.Vlan,
                HeaderFields.Ip or HeaderFields.Ip6 or HeaderFields.Arp => Layer.Network,
                _ => Layer.Transport,
            },
            Decides = (protocol, field.Name) switch
            {
                (HeaderFields.Ether or HeaderFields.Vlan, "type") => Layer.Network,
                (HeaderFields.Ip, "protocol") or (HeaderFields.Ip6, "nexthdr") => Layer.Transport,
                _ => null,
            },
        };
    }

    /// <summary>The field that a mask cuts out of loaded bytes, and how far it stands from their right end; null when there is none.</summary>
    public static (Operand Field, int Shift)? Masked(Operand bytes, ReadOnlySpan<byte> mask)
    {
        if (bytes.Payload is not { } load || bytes.Protocol is null) return null;
        int first = -1, last = -1, count = 0;
        for (var bit = 0; bit < mask.Length * 8; bit++)
        {
            if ((mask[bit / 8] & (0x80 >> (bit % 8))) == 0) continue;
            if (first < 0) first = bit;
            last = bit;
            count++;
        }

        if (first < 0 || count != last - first + 1 || count == mask.Length * 8) return null;
        return HeaderFields.Find(bytes.Protocol, (load.Offset * 8) + first, count) is { } field ? (OfField(bytes, field), (mask.Length * 8) - 1 - last) : null;
    }

    private static string? ProtocolOf(PayloadLoad load, ProtocolContext context) => load.Base switch
    {
        PayloadBase.Link when context.Vlan && load.Offset >= 14 => HeaderFields.Vlan,
        PayloadBase.Link => context.Link,
        PayloadBase.Network => context.Network,
        PayloadBase.Transport => context.Transport ?? (HeaderFields.Find(HeaderFields.Transport, load.Offset * 8, load.Length * 8) is null ? null : HeaderFields.Transport),
        _ => null,
    };

    private static string RawName(PayloadLoad load)
    {
        var from = load.Base switch { PayloadBase.Link => "ll", PayloadBase.Network => "nh", PayloadBase.Transport => "th", PayloadBase.Inner => "ih", _ => "tun" };
        return $"@{from},{load.Offset * 8},{load.Length * 8}";
    }
}
