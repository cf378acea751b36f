// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Crds.Generator;

/// <summary>Shows where two texts part: enough to see which record changed.</summary>
public static class LineDiff
{
    private const int Context = 3;
    private const int Shown = 12;

    /// <summary>The first lines that differ, like a diff's; null when the texts are the same.</summary>
    public static string? Describe(string committed, string generated)
    {
        if (committed == generated)
            return null;
        string[] old = committed.Split('\n');
        string[] now = generated.Split('\n');
        int start = 0;
        while (start < old.Length && start < now.Length && old[start] == now[start])
            start++;
        int tail = 0;
        while (tail < Math.Min(old.Length, now.Length) - start && old[^(tail + 1)] == now[^(tail + 1)])
            tail++;

        var text = new StringBuilder($"@@ line {start + 1} @@\n");
        Append(text, "  ", old[Math.Max(0, start - Context)..start]);
        Append(text, "- ", old[start..(old.Length - tail)]);
        Append(text, "+ ", now[start..(now.Length - tail)]);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string mark, string[] lines)
    {
        foreach (string line in lines.Take(Shown))
            text.Append(mark).Append(line).Append('\n');
        if (lines.Length > Shown)
            text.Append(mark).Append($"... {lines.Length - Shown} more lines\n");
    }
}
