// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>struct ipt_getinfo, struct ip6t_getinfo: 84 bytes in both families.</summary>
/// <param name="ValidHooks">Bit N = the table is called by hook N (enum nf_inet_hooks).</param>
/// <param name="HookEntries">Offset of the first rule of each hook.</param>
/// <param name="Underflows">Offset of the policy of each hook.</param>
/// <param name="Entries">Number of rules, policies and chain heads.</param>
/// <param name="Size">Bytes of all of them.</param>
internal sealed record LegacyTableInfo(uint ValidHooks, uint[] HookEntries, uint[] Underflows, uint Entries, uint Size)
{
    /// <summary>sizeof(struct ipt_getinfo).</summary>
    public const int StructureSize = 84;

    /// <summary>XT_TABLE_MAXNAMELEN.</summary>
    public const int NameSize = 32;

    /// <summary>NF_INET_NUMHOOKS: prerouting, input, forward, output, postrouting.</summary>
    public const int Hooks = 5;

    /// <summary>Reads the structure; null when it is too short.</summary>
    public static LegacyTableInfo? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < StructureSize) return null;
        var entries = new uint[Hooks];
        var underflows = new uint[Hooks];
        for (var hook = 0; hook < Hooks; hook++)
        {
            entries[hook] = MemoryMarshal.Read<uint>(bytes[(36 + (4 * hook))..]);
            underflows[hook] = MemoryMarshal.Read<uint>(bytes[(56 + (4 * hook))..]);
        }

        return new LegacyTableInfo(MemoryMarshal.Read<uint>(bytes[32..]), entries, underflows, MemoryMarshal.Read<uint>(bytes[76..]), MemoryMarshal.Read<uint>(bytes[80..]));
    }

    /// <summary>Writes a table's name where both questions want it; false when it is too long.</summary>
    public static bool TryWriteName(string table, Span<byte> buffer) =>
        table.Length is > 0 and < NameSize && Encoding.UTF8.TryGetBytes(table, buffer[..(NameSize - 1)], out _);
}
