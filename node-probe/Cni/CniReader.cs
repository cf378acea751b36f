// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Cni;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Host;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Cni;

/// <summary>
/// Reads the CNI configuration of the host as a container runtime does: of the files .conf, .conflist and .json of a folder in lexical
/// order the first usable one counts. Links are followed as on the host and never out of its file system; what is no regular file, or
/// larger than any configuration, is named and not read.
/// </summary>
internal static class CniReader
{
    /// <summary>Largest file that is read, in bytes; real ones have at most a few thousand.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxFiles = 4096;

    /// <summary>Where runtimes look: most distributions, k3s, microk8s, OpenShift.</summary>
    private static readonly string[] Places =
    [
        "/etc/cni/net.d",
        "/var/lib/rancher/k3s/agent/etc/cni/net.d",
        "/var/snap/microk8s/current/args/cni-network",
        "/etc/kubernetes/cni/net.d",
        "/run/multus/cni/net.d",
    ];

    private static readonly string[] Extensions = [".conf", ".conflist", ".json"];

    /// <summary>Reads all places; a host without any configuration is a value with no folders.</summary>
    public static Reading<CniFact> Read(HostPaths paths)
    {
        var path = HostRoot.Of(paths);
        var errno = Folder.TryOpen(path, out var root);
        if (root is null) return HostFile.Unreadable<CniFact>(path, errno);
        using (root)
        {
            List<CniFolderFact> folders = [];
            int? refused = null;
            foreach (var place in Places)
            {
                errno = root.TryOpenFolderInside(place, out var folder);
                if (errno is Errno.NotPermitted or Errno.AccessDenied) refused = errno;
                if (folder is null) continue;
                using (folder)
                {
                    if (FolderOf(root, folder, place) is { } found) folders.Add(found);
                }
            }

            if (folders.Count == 0 && refused is { } why) return HostFile.Unreadable<CniFact>(Places[0], why);
            return Reading<CniFact>.Of(new CniFact { Folders = folders, Flannel = FlannelOf(root), CalicoMtu = CalicoMtuOf(root) });
        }
    }

    private static CniFolderFact? FolderOf(Folder root, Folder folder, string place)
    {
        if (folder.List(MaxFiles, out var entries) != 0) return null;
        var files = new List<CniFileFact>();
        CniNetworkFact? effective = null;
        foreach (var name in entries.Select(entry => entry.Name).Order(StringComparer.Ordinal))
        {
            if (!Extensions.Contains(Path.GetExtension(name)))
            {
                if (name.EndsWith(".cilium_bak", StringComparison.Ordinal)) files.Add(new CniFileFact(name, CniFileState.SetAside));
                continue;
            }

            var network = NetworkOf(root, $"{place}/{name}", name, out var problem);
            if (network is null) files.Add(new CniFileFact(name, CniFileState.Unusable, problem));
            else files.Add(new CniFileFact(name, effective is null ? CniFileState.Effective : CniFileState.Shadowed, network.Name));
            effective ??= network;
        }

        return files.Count == 0 ? null : new CniFolderFact(place, files, effective);
    }

    private static CniNetworkFact? NetworkOf(Folder root, string path, string name, out string? problem)
    {
        var file = ReadFile(root, path, out problem);
        return problem is null ? CniConfigParser.Parse(file.Bytes, name.EndsWith(".conflist", StringComparison.Ordinal), out problem) : null;
    }

    private static FileBytes ReadFile(Folder root, string path, out string? problem)
    {
        var errno = root.TryOpenInside(path, out var descriptor);
        problem = errno == 0 ? null : Errno.NameOf(errno);
        if (descriptor is null) return FileBytes.Failed(errno);
        using (descriptor)
        {
            if (FileStatus.TryRead(descriptor, out var status) != 0 || !status.IsRegular)
            {
                problem = "not a regular file";
                return FileBytes.Failed(Errno.InvalidArgument);
            }

            var file = FileBytes.Read(descriptor, MaxBytes);
            problem = file.Errno != 0 ? Errno.NameOf(file.Errno) : file.Cut ? string.Create(CultureInfo.InvariantCulture, $"larger than {MaxBytes} bytes") : null;
            return file;
        }
    }

    private static FlannelSubnetFact? FlannelOf(Folder root)
    {
        var file = ReadFile(root, "/run/flannel/subnet.env", out var problem);
        return problem is null ? FlannelSubnetParser.Parse(file.Text) : null;
    }

    private static int? CalicoMtuOf(Folder root)
    {
        var file = ReadFile(root, "/var/lib/calico/mtu", out var problem);
        return problem is null && int.TryParse(file.Line, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) ? mtu : null;
    }
}
