// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>
/// Finds the network namespaces of the node without entering or opening any: those of all processes, by the first thread of each, and
/// those bound to files in the folders of <c>ip netns</c>, the CNI and docker.
/// </summary>
internal sealed class NamespaceFinder(string procRoot, IReadOnlyList<string> folders)
{
    /// <summary>The most namespaces that are kept in mind; a node has some hundred.</summary>
    public const int MaxNamespaces = 65_536;

    private readonly Dictionary<FileIdentity, FoundNamespace> _found = [];
    private readonly HashSet<FileIdentity> _seenFolders = [];
    private ulong? _nsfs;
    private int _processes;
    private int _refused;
    private bool _expired;
    private bool _full;

    /// <summary>Looks everywhere; what cannot be looked at is said in the result.</summary>
    public FoundNamespaces Find(Deadline deadline)
    {
        // All namespace files are on one file system of the kernel: anything else in a folder is no namespace and is never opened.
        if (FileStatus.TryRead($"{procRoot}/thread-self/ns/net", out var own) == 0) _nsfs = own.Device;
        foreach (var folder in folders) LookInFolder(folder, deadline);
        LookAtProcesses(deadline);
        return new FoundNamespaces(_found, _processes, Incomplete());
    }

    private NotAvailable? Incomplete()
    {
        if (_expired) return new NotAvailable(NotAvailableReason.TimedOut, $"the time was over after {_processes} processes");
        if (_full) return new NotAvailable(NotAvailableReason.Failed, $"there are more than {MaxNamespaces} network namespaces");
        return _refused > 0
            ? new NotAvailable(NotAvailableReason.NotPermitted, $"the network namespace of {_refused} of {_processes} processes may not be looked at (it takes CAP_SYS_PTRACE)")
            : null;
    }

    private void LookInFolder(string folder, Deadline deadline)
    {
        if (FileStatus.TryRead(folder, out var status) != 0 || !_seenFolders.Add(status.Identity)) return;
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder))
            {
                if (IsOver(deadline)) return;
                if (FileStatus.TryRead(path, out var file) == 0 && (_nsfs is null || file.Device == _nsfs)) Add(file)?.AddPath(path);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _refused += failure is UnauthorizedAccessException ? 1 : 0;
        }
    }

    private void LookAtProcesses(Deadline deadline)
    {
        try
        {
            foreach (var pid in Processes.Enumerate(procRoot))
            {
                if (IsOver(deadline)) return;
                _processes++;
                var errno = FileStatus.TryRead(FoundNamespace.ProcessPath(procRoot, pid), out var status);
                if (errno is Errno.AccessDenied or Errno.NotPermitted) _refused++;
                // Anything else: the process ended meanwhile, or is a zombie, which is in no namespace any more.
                else if (errno == 0) Add(status)?.AddProcess(pid);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _refused++;
        }
    }

    private bool IsOver(Deadline deadline)
    {
        deadline.Token.ThrowIfCancellationRequested();
        return _expired |= deadline.Expired;
    }

    private FoundNamespace? Add(FileStatus status)
    {
        if (_found.TryGetValue(status.Identity, out var known)) return known;
        if (_found.Count == MaxNamespaces)
        {
            _full = true;
            return null;
        }

        return _found[status.Identity] = new FoundNamespace(status);
    }
}

/// <summary>What was found.</summary>
/// <param name="All">The namespaces by device and inode.</param>
/// <param name="Processes">Processes that were looked at.</param>
/// <param name="Incomplete">Why there may be more; null when everything could be looked at.</param>
internal sealed record FoundNamespaces(IReadOnlyDictionary<FileIdentity, FoundNamespace> All, int Processes, NotAvailable? Incomplete);
