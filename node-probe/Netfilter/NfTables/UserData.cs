// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>
/// What nft leaves in the user data of tables, chains, rules, sets and elements: entries of type, length and value, one byte each for
/// the first two (libnftnl/udata.h). The kernel keeps them unread; other programs may put anything there.
/// </summary>
internal static class UserData
{
    /// <summary>NFTNL_UDATA_RULE_COMMENT and, with the same number, those of tables, chains, elements and objects.</summary>
    public const byte Comment = 0;

    /// <summary>NFTNL_UDATA_SET_KEYBYTEORDER.</summary>
    public const byte SetKeyByteOrder = 0;

    /// <summary>NFTNL_UDATA_SET_DATABYTEORDER.</summary>
    public const byte SetDataByteOrder = 1;

    /// <summary>NFTNL_UDATA_SET_DATA_INTERVAL.</summary>
    public const byte SetDataInterval = 6;

    /// <summary>NFTNL_UDATA_SET_COMMENT.</summary>
    public const byte SetComment = 7;

    /// <summary>The value of the first entry of a type; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> data, byte type)
    {
        while (data.Length >= 2 && data[1] <= data.Length - 2)
        {
            if (data[0] == type) return data.Slice(2, data[1]);
            data = data[(2 + data[1])..];
        }

        return default;
    }

    /// <summary>A number, which nft writes in the node's byte order.</summary>
    public static uint? Number(ReadOnlySpan<byte> data, byte type) => Find(data, type) is { Length: 4 } value ? MemoryMarshal.Read<uint>(value) : null;

    /// <summary>Text up to its NUL; null when there is none.</summary>
    public static string? Text(ReadOnlySpan<byte> data, byte type)
    {
        var value = Find(data, type);
        var end = value.IndexOf((byte)0);
        if (end >= 0) value = value[..end];
        return value.IsEmpty ? null : Encoding.UTF8.GetString(value);
    }
}
