// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>
/// One record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg): <c>PRIORITY,SEQUENCE,MICROSECONDS,FLAGS[,...];TEXT</c>, then lines that begin
/// with a blank: properties of the record, such as SUBSYSTEM=net.
/// </summary>
internal readonly record struct KernelLogRecord(int Facility, int Level, ulong Sequence, long Microseconds, string Text, bool Network)
{
    /// <summary>Reads one record without its line end.</summary>
    public static bool TryParse(ReadOnlySpan<char> record, out KernelLogRecord parsed)
    {
        parsed = default;
        var semicolon = record.IndexOf(';');
        if (semicolon < 0) return false;
        var fields = record[..semicolon];
        var text = record[(semicolon + 1)..];
        if (!TryField(ref fields, out var priority) || !TryField(ref fields, out var sequence) || !TryField(ref fields, out var time)
            || priority > int.MaxValue || time > long.MaxValue)
        {
            return false;
        }

        var end = text.IndexOf('\n');
        var properties = end < 0 ? default : text[end..];
        parsed = new KernelLogRecord(
            (int)priority >> 3,
            (int)priority & 7,
            sequence,
            (long)time,
            Unescape(end < 0 ? text : text[..end]),
            properties.IndexOf("\n SUBSYSTEM=net", StringComparison.Ordinal) >= 0 || properties.IndexOf("\n DEVICE=n", StringComparison.Ordinal) >= 0);
        return true;
    }

    private static bool TryField(ref ReadOnlySpan<char> fields, out ulong value)
    {
        var comma = fields.IndexOf(',');
        var field = comma < 0 ? fields : fields[..comma];
        fields = comma < 0 ? default : fields[(comma + 1)..];
        return ulong.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    // The kernel writes bytes that do not print, and the backslash itself, as \xNN.
    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (text.IndexOf('\\') < 0) return text.ToString();
        var plain = new char[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text[i + 1] == 'x'
                && byte.TryParse(text.Slice(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                plain[length++] = (char)code;
                i += 3;
            }
            else
            {
                plain[length++] = text[i];
            }
        }

        return new string(plain, 0, length);
    }
}
