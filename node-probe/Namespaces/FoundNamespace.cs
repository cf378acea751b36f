// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>A network namespace that was found, and ways into it. Nothing is open: there may be more of them than descriptors.</summary>
internal sealed class FoundNamespace(FileStatus status)
{
    /// <summary>The most owners that are named.</summary>
    public const int MaxOwners = 4;

    private readonly List<int> _pids = [];
    private readonly List<string> _paths = [];

    public FileStatus Status { get; } = status;

    public void AddProcess(int pid)
    {
        if (_pids.Count < MaxOwners) _pids.Add(pid);
    }

    public void AddPath(string path)
    {
        if (_paths.Count < MaxOwners) _paths.Add(path);
    }

    /// <summary>A path to enter it by: a bind mount outlives every process.</summary>
    public string EntryPath(string procRoot) => _paths.Count > 0 ? _paths[0] : ProcessPath(procRoot, _pids[0]);

    public static string ProcessPath(string procRoot, int pid) => $"{procRoot}/{pid}/ns/net";

    /// <summary>Names the owners: the pod or container of one of its processes, or its first process, and the files it is bound to.</summary>
    public IReadOnlyList<NamespaceOwnerFact> Owners(string procRoot)
    {
        NamespaceOwnerFact? process = null;
        foreach (var pid in _pids)
        {
            if (ProcessOwner.Read(procRoot, pid) is not { } owner) continue;
            process ??= owner;
            if (owner.PodUid is null && owner.ContainerId is null) continue;
            process = owner;
            break;
        }

        var bound = _paths.Take(MaxOwners - (process is null ? 0 : 1)).Select(path => new NamespaceOwnerFact { Path = path });
        return process is null ? [.. bound] : [process, .. bound];
    }
}
