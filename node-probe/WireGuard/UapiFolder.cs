// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>Lists the UAPI sockets of an open folder. Only sockets are taken; nothing else in it is opened.</summary>
internal static class UapiFolder
{
    private const string Suffix = ".sock";

    /// <summary>IFNAMSIZ without the zero byte: no device has a longer name.</summary>
    private const int MaxDeviceName = 15;

    /// <summary>The most entries of a folder that are looked at.</summary>
    private const int MaxEntries = 16_384;

    private const byte TypeUnknown = 0;
    private const byte TypeLink = 10;
    private const byte TypeSocket = 12;

    /// <summary>Takes hold of the sockets, by name; returns the errno of the listing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="where">What the sockets say of where they were seen.</param>
    /// <param name="trusted">It is the machine's own: links count. In others' folders they do not, and names must be those of devices.</param>
    /// <param name="filter">Which devices.</param>
    /// <param name="most">The most that are taken.</param>
    /// <param name="sockets">What was taken.</param>
    /// <param name="seen">How many fit by name and type.</param>
    public static int Take(Folder folder, string where, bool trusted, Func<string, bool> filter, int most, out List<UapiSocket> sockets, out int seen)
    {
        (sockets, seen) = ([], 0);
        var errno = folder.List(MaxEntries, out var entries);
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach (var entry in entries)
        {
            if (!entry.Name.EndsWith(Suffix, StringComparison.Ordinal) || !IsCandidate(entry.Type, trusted)) continue;
            var name = entry.Name[..^Suffix.Length];
            if (!IsDeviceName(name, trusted) || !filter(name)) continue;
            if (sockets.Count >= most)
            {
                seen++;
                continue;
            }

            if (Hold(folder, entry.Name, trusted) is not { } held) continue;
            seen++;
            sockets.Add(new UapiSocket(name, held, where));
        }

        return errno;
    }

    private static bool IsCandidate(byte type, bool trusted) => type is TypeSocket or TypeUnknown || (trusted && type == TypeLink);

    private static bool IsDeviceName(string name, bool trusted) =>
        name.Length > 0 && (trusted || (System.Text.Encoding.UTF8.GetByteCount(name) <= MaxDeviceName && !name.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c == ':')));

    private static SafeDescriptor? Hold(Folder folder, string name, bool follow)
    {
        if (folder.TryHold(Folder.ZeroEnded(name), follow, out var held) != 0) return null; // Gone since.
        if (FileStatus.TryRead(held!, out var status) == 0 && status.IsSocket) return held;
        held!.Dispose();
        return null;
    }
}
