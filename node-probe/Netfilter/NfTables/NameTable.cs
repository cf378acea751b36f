// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Makes one string of equal names: a ruleset names the same chains and sets again and again.</summary>
internal sealed class NameTable
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public NameTable() => _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The text before the first NUL; null when it is empty or longer than <paramref name="maxLength"/> bytes.</summary>
    public string? Get(ReadOnlySpan<byte> bytes, int maxLength = NfTablesTypes.MaxNameLength)
    {
        var end = bytes.IndexOf((byte)0);
        var text = end < 0 ? bytes : bytes[..end];
        if (text.Length == 0 || text.Length > maxLength) return null;
        Span<char> buffer = stackalloc char[maxLength];
        // One byte never becomes more than one UTF-16 unit.
        ReadOnlySpan<char> characters = buffer[..Encoding.UTF8.GetChars(text, buffer)];
        if (_lookup.TryGetValue(characters, out var known)) return known;
        var name = characters.ToString();
        _names.Add(name);
        return name;
    }
}
