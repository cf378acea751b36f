// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.IO.Enumeration;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>The processes that a /proc shows.</summary>
internal static class Processes
{
    /// <summary>Their ids, in the order of the folder, without a text for each.</summary>
    public static IEnumerable<int> Enumerate(string procRoot) => new FileSystemEnumerable<int>(
        procRoot,
        static (ref FileSystemEntry entry) => int.Parse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture),
        new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
    {
        ShouldIncludePredicate = static (ref FileSystemEntry entry) =>
            int.TryParse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture, out _),
    };
}
