// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Numerics;
using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Writes values as nft does.</summary>
internal static class ValueText
{
    private static readonly CultureInfo Machine = CultureInfo.InvariantCulture;

    /// <summary>The number in the bytes.</summary>
    public static BigInteger Number(ReadOnlySpan<byte> bytes, bool hostOrder) =>
        new(bytes, isUnsigned: true, isBigEndian: !hostOrder || !BitConverter.IsLittleEndian);

    public static string Of(DataType type, ReadOnlySpan<byte> bytes, bool hostOrder, Func<uint, string?>? linkName = null)
    {
        switch (type)
        {
            case DataType.Ipv4Address when bytes.Length == 4:
            case DataType.Ipv6Address when bytes.Length == 16:
                var address = new System.Net.IPAddress(bytes);
                return address.IsIPv4MappedToIPv6 ? $"::ffff:{address.MapToIPv4()}" : address.ToString();
            case DataType.EtherAddress or DataType.LinkAddress:
                return BitConverter.ToString(bytes.ToArray()).Replace('-', ':').ToLowerInvariant();
            case DataType.InterfaceName or DataType.String:
                return Text(bytes, wildcard: type == DataType.InterfaceName);
            default:
                return OfNumber(type, Number(bytes, hostOrder), bytes.Length, linkName);
        }
    }

    /// <summary>A number of a type.</summary>
    public static string OfNumber(DataType type, BigInteger number, int length, Func<uint, string?>? linkName = null)
    {
        if (number > ulong.MaxValue) return "0x" + number.ToString("x", Machine).TrimStart('0');
        var value = (ulong)number;
        if (DataTypes.IsBitmask(type)) return Symbols.FlagsOf(type, value) ?? string.Create(Machine, $"0x{value:x}");
        if (Symbols.NameOf(type, value) is { } name) return name;
        return type switch
        {
            DataType.Mark => string.Create(Machine, $"0x{value:x8}"),
            DataType.Dscp => string.Create(Machine, $"0x{value:x2}"),
            DataType.HexInteger or DataType.EtherType => string.Create(Machine, $"0x{value:x}"),
            DataType.ClassId => value switch { 0 => "none", uint.MaxValue => "root", _ => string.Create(Machine, $"{value >> 16:x}:{value & 0xffff:x}") },
            DataType.InterfaceIndex when linkName?.Invoke((uint)value) is { } link => $"\"{link}\"",
            DataType.Time => Duration(value),
            DataType.TimeHour => Hour(value),
            DataType.Boolean when length > 0 => "exists",
            _ => value.ToString(Machine),
        };
    }

    /// <summary>Milliseconds, as 1d2h3m4s5ms.</summary>
    public static string Duration(ulong milliseconds)
    {
        var text = new StringBuilder();
        Span<(ulong Size, string Unit)> units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")];
        foreach (var (size, unit) in units)
        {
            if (milliseconds / size > 0) text.Append(milliseconds / size).Append(unit);
            milliseconds %= size;
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }

    /// <summary>Bytes with the largest unit that divides them.</summary>
    public static (ulong Value, string Unit) Size(ulong bytes) => bytes switch
    {
        0 => (0, "bytes"),
        _ when bytes % (1024 * 1024) == 0 => (bytes / (1024 * 1024), "mbytes"),
        _ when bytes % 1024 == 0 => (bytes / 1024, "kbytes"),
        _ => (bytes, "bytes"),
    };

    /// <summary>Quoted text; a name without its NUL is the beginning of names.</summary>
    private static string Text(ReadOnlySpan<byte> bytes, bool wildcard)
    {
        var end = bytes.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        return wildcard && end < 0 && bytes.Length < 16 ? $"\"{text}*\"" : $"\"{text}\"";
    }

    // Seconds of the day in UTC, as the kernel compares them; nft turns them to its own time zone.
    private static string Hour(ulong seconds)
    {
        var time = TimeSpan.FromSeconds(seconds % 86_400);
        return time.Seconds == 0 ? string.Create(Machine, $"\"{time:hh\\:mm}\"") : string.Create(Machine, $"\"{time:hh\\:mm\\:ss}\"");
    }
}
