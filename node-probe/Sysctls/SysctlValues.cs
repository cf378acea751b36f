// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Text;

namespace KubeWgDiag.NodeProbe.Sysctls;

/// <summary>Sysctls by their dotted names: single numbers, and everything else as the kernel prints it.</summary>
internal sealed class SysctlValues
{
    private readonly SortedDictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _texts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Numbers => _numbers;

    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>Files that could not be read though they are there, or that hold no text.</summary>
    public int Unknown { get; set; }

    /// <summary>Keeps a value.</summary>
    public void Add(string name, ReadOnlySpan<byte> value)
    {
        if (TryNumber(value, out var number)) _numbers[name] = number;
        else if (value.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 || IsTabbed(value)) _texts[name] = Encoding.ASCII.GetString(value);
        else Unknown++;
    }

    /// <summary>Without the line end and blanks around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim("\n\t \0"u8);

    private static bool TryNumber(ReadOnlySpan<byte> value, out long number) =>
        Utf8Parser.TryParse(value, out number, out var used) && used == value.Length;

    private static bool IsTabbed(ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
        {
            if (b is not ((byte)'\t' or (>= (byte)' ' and <= (byte)'~'))) return false;
        }

        return true;
    }
}
