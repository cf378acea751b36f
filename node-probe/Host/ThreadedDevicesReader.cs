// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>Which devices receive in threads of their own (Documentation/ABI/testing/sysfs-class-net, "threaded", Linux 5.12).</summary>
internal static class ThreadedDevicesReader
{
    private const int Most = 4096;

    public static Reading<IReadOnlyList<string>> Read(HostPaths paths)
    {
        var folder = Path.Combine(paths.Sys, "class/net");
        var errno = Folder.TryOpen(folder, out var opened);
        if (errno != 0) return HostFile.Unreadable<IReadOnlyList<string>>(folder, errno);
        using (opened)
        {
            errno = opened!.List(Most, out var names);
            return errno == 0
                ? Reading<IReadOnlyList<string>>.Of([.. names.Select(entry => entry.Name).Where(name => HostFile.Switch(folder, name, "threaded") == true).Order(StringComparer.Ordinal)])
                : HostFile.Unreadable<IReadOnlyList<string>>(folder, errno);
        }
    }
}
