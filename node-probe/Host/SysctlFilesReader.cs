// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>
/// Reads what the host's sysctl.d files say about forwarding, in the order in which <c>sysctl --system</c> applies them (sysctl.d(5)): by file name
/// over all folders, where a file in an earlier folder hides its namesake in a later one; sysctl.conf comes last.
/// </summary>
internal static class SysctlFilesReader
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxFiles = 512;

    /// <summary>The earlier ones win over the later ones.</summary>
    private static readonly string[] Folders = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"];

    private static readonly string[] Names = ["net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding", "net.ipv6.conf.all.forwarding"];

    public static Reading<IReadOnlyList<SysctlFileFact>> Read(HostPaths paths)
    {
        var path = HostRoot.Of(paths);
        var errno = Folder.TryOpen(path, out var root);
        if (root is null) return HostFile.Unreadable<IReadOnlyList<SysctlFileFact>>(path, errno);
        using (root)
        {
            var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var place in Folders)
            {
                if (root.TryOpenFolderInside(place, out var folder) != 0) continue;
                using (folder)
                {
                    if (folder!.List(MaxFiles, out var entries) != 0) continue;
                    foreach (var name in entries.Select(entry => entry.Name).Where(name => name.EndsWith(".conf", StringComparison.Ordinal))) files.TryAdd(name, $"{place}/{name}");
                }
            }

            return Reading<IReadOnlyList<SysctlFileFact>>.Of([.. files.Values.Append("/etc/sysctl.conf").SelectMany(file => Settings(file, Text(root, file)))]);
        }
    }

    /// <summary>The settings of one file: <c>name = value</c> with dots or slashes, a leading dash for "ignore errors", comments after # and ;.</summary>
    internal static IEnumerable<SysctlFileFact> Settings(string file, string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed[0] is '#' or ';' || trimmed.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals)) continue;
            var name = trimmed[..equals].Trim().TrimStart('-').Replace('/', '.');
            if (Names.Contains(name) && long.TryParse(trimmed.AsSpan(equals + 1).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                yield return new SysctlFileFact(file, name, value);
        }
    }

    private static string Text(Folder root, string path)
    {
        if (root.TryOpenInside(path, out var descriptor) != 0 || descriptor is null) return "";
        using (descriptor)
        {
            return FileStatus.TryRead(descriptor, out var status) == 0 && status.IsRegular ? FileBytes.Read(descriptor, MaxBytes).Text : "";
        }
    }
}
