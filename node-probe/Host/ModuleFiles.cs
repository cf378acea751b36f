// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>The module files of one kernel: modules.builtin and modules.dep, as depmod(8) writes them.</summary>
internal sealed class ModuleFiles
{
    private static readonly string[] Places = ["lib/modules", "usr/lib/modules", "run/booted-system/kernel-modules/lib/modules"];

    private ModuleFiles(HashSet<string> builtIn, HashSet<string> loadable) => (BuiltIn, Loadable) = (builtIn, loadable);

    /// <summary>Names, with underscores, of what is in the kernel image.</summary>
    public IReadOnlySet<string> BuiltIn { get; }

    /// <summary>Names, with underscores, of what can be loaded.</summary>
    public IReadOnlySet<string> Loadable { get; }

    /// <summary>Reads the lists of one kernel; null when its folder or a list in it cannot be read.</summary>
    public static ModuleFiles? Read(HostPaths paths, string release, int most)
    {
        _ = Find(paths, release, out var folder);
        if (folder is null) return null;
        using (folder)
        {
            return Names(folder, "modules.builtin", most) is { } builtIn && Names(folder, "modules.dep", most) is { } loadable
                ? new ModuleFiles(builtIn, loadable)
                : null;
        }
    }

    /// <summary>
    /// Whether there is a folder of files for this kernel. False when there are only those of others, as after a package update without a
    /// reboot: then nothing can be loaded any more. Null when no folder of modules can be read at all.
    /// </summary>
    public static bool? Exist(HostPaths paths, string release)
    {
        var exist = Find(paths, release, out var folder);
        folder?.Dispose();
        return exist;
    }

    private static bool? Find(HostPaths paths, string release, out Folder? folder)
    {
        folder = null;
        // The release becomes part of a path. The kernel's own never has a slash.
        if (release.Length == 0 || release.Contains('/', StringComparison.Ordinal) || Folder.TryOpen(HostRoot.Of(paths), out var root) != 0) return null;
        bool? exist = null;
        using (root)
        {
            foreach (var place in Places)
            {
                if (root!.TryOpenFolderInside($"{place}/{release}", out folder) == 0) return true;
                if (root.TryOpenFolderInside(place, out var others) != 0) continue;
                using (others)
                {
                    if (others!.List(1, out var entries) == 0 && entries.Count > 0) exist = false;
                }
            }
        }

        return exist;
    }

    /// <summary>Names of modules from lines such as <c>kernel/drivers/net/wireguard/wireguard.ko.xz: kernel/...</c>.</summary>
    internal static HashSet<string> NamesOf(string text)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var path = line;
            var colon = path.IndexOf(':');
            if (colon >= 0) path = path[..colon];
            var name = path[(path.LastIndexOf('/') + 1)..];
            var end = name.IndexOf(".ko");
            if (end > 0) names.Add(name[..end].ToString().Replace('-', '_'));
        }

        return names;
    }

    private static HashSet<string>? Names(Folder folder, string file, int most)
    {
        if (folder.TryOpenInside(file, out var descriptor) != 0) return null;
        using (descriptor) return FileBytes.Read(descriptor!, most) is { Errno: 0, Cut: false } read ? NamesOf(read.Text) : null;
    }
}
