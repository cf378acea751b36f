// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>A running process.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">comm: at most 15 bytes of its program's name, or what it calls itself.</param>
internal readonly record struct HostProcess(int Id, string Name);

/// <summary>Finds running processes by name. Names are what processes say of themselves: data, no proof.</summary>
internal static class ProcessFinder
{
    /// <summary>Most entries of /proc; the default of kernel.pid_max on small machines.</summary>
    private const int MaxEntries = 65536;

    private const int NameBytes = 64;

    /// <summary>All processes with one of these names, threads not counted.</summary>
    public static IReadOnlyList<HostProcess> Find(string procRoot, IReadOnlySet<string> names, Deadline deadline)
    {
        var found = new List<HostProcess>();
        if (Folder.TryOpen(procRoot, out var proc) != 0) return found;
        using (proc)
        {
            _ = proc!.List(MaxEntries, out var entries);
            Span<byte> buffer = stackalloc byte[NameBytes];
            foreach (var entry in entries)
            {
                if (!char.IsAsciiDigit(entry.Name[0]) || !int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
                if (deadline.Expired) break;
                if (proc.ReadOnce(Folder.ZeroEnded($"{entry.Name}/comm"), buffer, out var length) != 0) continue; // It has ended since.
                var name = System.Text.Encoding.UTF8.GetString(buffer[..length].TrimEnd((byte)'\n'));
                if (names.Contains(name)) found.Add(new HostProcess(id, name));
            }
        }

        return found;
    }
}
