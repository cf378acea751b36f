// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Processes;

/// <summary>Text for a POSIX shell.</summary>
public static class Shell
{
    /// <summary>One word, whatever stands in it.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
