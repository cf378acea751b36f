// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Sockets;

/// <summary>Looks through /proc/PID/fd for sockets by their inodes.</summary>
internal sealed class DescriptorScan
{
    /// <summary>The most processes that are named for one socket.</summary>
    private const int MaxHolders = 16;
    private const string LinkPrefix = "socket:[";

    private readonly Dictionary<ulong, List<SocketProcess>> _holders = [];

    public DescriptorScan(IEnumerable<ulong> inodes)
    {
        foreach (var inode in inodes) _holders.TryAdd(inode, []);
    }

    /// <summary>There is nothing to look for.</summary>
    public bool IsIdle => _holders.Count == 0;

    /// <summary>Processes that were looked at.</summary>
    public int Processes { get; private set; }

    /// <summary>Processes that may not be looked at.</summary>
    public int Denied { get; private set; }

    public IReadOnlyList<SocketProcess> HoldersOf(ulong inode) => _holders.TryGetValue(inode, out var found) ? found : [];

    /// <summary>Looks at every process; false when the time was over before.</summary>
    public bool Run(string procRoot, Deadline deadline)
    {
        foreach (var folder in Directory.EnumerateDirectories(procRoot))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) continue;
            deadline.Token.ThrowIfCancellationRequested();
            if (deadline.Expired) return false;
            try
            {
                if (!Look(folder, pid, deadline)) return false;
                Processes++;
            }
            catch (Exception gone) when (gone is DirectoryNotFoundException or FileNotFoundException)
            {
                // It ended meanwhile, and its sockets with it.
            }
            catch (UnauthorizedAccessException)
            {
                Denied++;
            }
            catch (IOException)
            {
                // ESRCH while the folder was being read: it ended.
            }
        }

        return true;
    }

    private bool Look(string folder, int pid, Deadline deadline)
    {
        var looked = 0;
        foreach (var descriptor in new DirectoryInfo(Path.Combine(folder, "fd")).EnumerateFileSystemInfos())
        {
            // A process may have a million descriptors.
            if (++looked % 256 == 0 && deadline.Expired) return false;
            if (InodeOf(descriptor) is not { } inode || !_holders.TryGetValue(inode, out var found)) continue;
            if (found.Count < MaxHolders && !found.Exists(known => known.Pid == pid)) found.Add(new SocketProcess(pid, NameOf(folder)));
        }

        return true;
    }

    private static ulong? InodeOf(FileSystemInfo descriptor)
    {
        try
        {
            return descriptor.LinkTarget is { } target && target.StartsWith(LinkPrefix, StringComparison.Ordinal)
                && ulong.TryParse(target.AsSpan(LinkPrefix.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
                ? inode
                : null;
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return null;
        }
    }

    private static string NameOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd('\n');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
