// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>The list of the legacy tables that exist in a namespace (/proc/net/ip_tables_names).</summary>
internal static class LegacyTableNames
{
    /// <summary>Reads the names; a file that is not there means no ip_tables and so no table. Returns the errno of a file that may not be read.</summary>
    public static int TryRead(string path, out IReadOnlyList<string> names)
    {
        names = [];
        try
        {
            names = File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return Errno.AccessDenied;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
