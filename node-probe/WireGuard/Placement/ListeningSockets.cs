// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.WireGuard.Placement;

/// <summary>
/// Tells whether a process holds a listening UAPI socket: /proc/PID/net/unix lists the sockets of its network namespace with the paths they
/// were bound to, and its descriptors have their inodes.
/// </summary>
internal static class ListeningSockets
{
    /// <summary>A line takes about 100 bytes; a busy node has some thousand sockets.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    private const int MaxDescriptors = 65_536;

    /// <summary>__SO_ACCEPTCON (linux/net.h), in the column of flags.</summary>
    private const uint AcceptsConnections = 1 << 16;

    /// <summary>True when the process does.</summary>
    public static bool Serves(string procRoot, int pid, string device)
    {
        var table = FileBytes.Read($"{procRoot}/{pid}/net/unix", MaxBytes);
        if (table.Errno != 0) return false;
        var inodes = InodesOf(table.Bytes, $"/wireguard/{device}.sock");
        return inodes.Count > 0 && Holds($"{procRoot}/{pid}/fd", inodes);
    }

    /// <summary>Inodes of the listening sockets whose path ends so. Columns: number, references, protocol, flags, type, state, inode, path.</summary>
    internal static IReadOnlySet<ulong> InodesOf(ReadOnlySpan<byte> table, string pathEnd)
    {
        var inodes = new HashSet<ulong>();
        var end = System.Text.Encoding.UTF8.GetBytes(pathEnd);
        Span<Range> columns = stackalloc Range[8];
        foreach (var range in table.Split((byte)'\n'))
        {
            var line = table[range];
            if (!line.EndsWith(end) || !TrySplit(line, columns)) continue;
            if (Utf8Parser.TryParse(line[columns[3]], out uint flags, out _, 'x') && (flags & AcceptsConnections) != 0
                && Utf8Parser.TryParse(line[columns[6]], out ulong inode, out _))
                inodes.Add(inode);
        }

        return inodes;
    }

    private static bool TrySplit(ReadOnlySpan<byte> line, Span<Range> columns)
    {
        var at = 0;
        for (var i = 0; i < columns.Length - 1; i++)
        {
            while (at < line.Length && line[at] == (byte)' ') at++;
            var length = line[at..].IndexOf((byte)' ');
            if (length <= 0) return false;
            columns[i] = at..(at + length);
            at += length;
        }

        columns[^1] = at..line.Length;
        return true;
    }

    private static bool Holds(string path, IReadOnlySet<ulong> inodes)
    {
        if (Folder.TryOpen(path, out var descriptors) != 0) return false;
        using (descriptors)
        {
            _ = descriptors!.List(MaxDescriptors, out var entries);
            Span<byte> target = stackalloc byte[64];
            foreach (var entry in entries)
            {
                if (descriptors.ReadLink(Folder.ZeroEnded(entry.Name), target, out var length) != 0) continue;
                ReadOnlySpan<byte> link = target[..length];
                if (link.StartsWith("socket:["u8) && Utf8Parser.TryParse(link["socket:[".Length..], out ulong inode, out _) && inodes.Contains(inode)) return true;
            }
        }

        return false;
    }
}
