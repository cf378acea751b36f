// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Host.Managers;

/// <summary>A line of a file with sections, as wg-quick, systemd and NetworkManager write them.</summary>
/// <param name="Block">Number of its section in the file: sections of one name may come again.</param>
/// <param name="Section">Name of its section.</param>
/// <param name="Key">What is set.</param>
/// <param name="Value">To what.</param>
internal readonly record struct IniLine(int Block, string Section, string Key, string Value);

/// <summary>Reads files with sections. Which keys are looked at is the caller's choice, made before a value is kept: a secret never becomes a line.</summary>
internal static class IniFile
{
    /// <summary>The lines whose key is among the wanted ones.</summary>
    /// <param name="text">The file.</param>
    /// <param name="wanted">Keys, compared without regard to case.</param>
    public static IEnumerable<IniLine> Lines(string text, IReadOnlySet<string> wanted)
    {
        var (block, section) = (0, "");
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';') continue;
            if (line is ['[', .., ']'])
            {
                (block, section) = (block + 1, line[1..^1].Trim());
                yield return new IniLine(block, section, "", "");
                continue;
            }

            if (line.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals)) continue;
            var key = line[..equals].Trim();
            if (wanted.Contains(key)) yield return new IniLine(block, section, key, line[(equals + 1)..].Trim());
        }
    }

    /// <summary>yes, no and their kin; null for anything else.</summary>
    public static bool? Switch(string value) => value.ToUpperInvariant() switch
    {
        "YES" or "TRUE" or "1" or "ON" => true,
        "NO" or "FALSE" or "0" or "OFF" => false,
        _ => null,
    };
}
