// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host.Managers;

/// <summary>A text file of the host.</summary>
/// <param name="Path">Its path on the host.</param>
/// <param name="Name">Its name.</param>
/// <param name="Text">What it holds.</param>
/// <param name="Complete">False when it is longer than what was read.</param>
internal sealed record HostText(string Path, string Name, string Text, bool Complete);

/// <summary>Reads the files of folders on the host, inside its root and nowhere else; what is no regular file is passed over.</summary>
internal static class HostFiles
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxFiles = 512;

    /// <summary>The files with this ending. Of one name in several folders the first folder's counts, as systemd and NetworkManager have it.</summary>
    public static IEnumerable<HostText> In(Folder root, IEnumerable<string> folders, string ending)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var place in folders)
        {
            if (root.TryOpenFolderInside(place, out var folder) != 0) continue;
            using (folder)
            {
                if (folder!.List(MaxFiles, out var entries) != 0) continue;
                foreach (var name in entries.Select(entry => entry.Name).Where(name => name.EndsWith(ending, StringComparison.Ordinal))) files.TryAdd(name, $"{place}/{name}");
            }
        }

        foreach (var (name, path) in files)
        {
            if (Read(root, path) is { } text) yield return text with { Name = name };
        }
    }

    /// <summary>One file; null when it cannot be read.</summary>
    public static HostText? Read(Folder root, string path)
    {
        if (root.TryOpenInside(path, out var descriptor) != 0 || descriptor is null) return null;
        using (descriptor)
        {
            if (FileStatus.TryRead(descriptor, out var status) != 0 || !status.IsRegular) return null;
            var file = FileBytes.Read(descriptor, MaxBytes);
            return file.Errno == 0 ? new HostText(path, path, file.Text, !file.Cut) : null;
        }
    }
}
