// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>
/// The namespaces of one collection: the probe's own, which is the host's, and those given by path, each once.
/// They stay open until the end, so that both readings of a window are of the same namespace.
/// </summary>
internal sealed class NamespaceTargets : IDisposable
{
    /// <summary>What the host's namespace is called in facts.</summary>
    public const string HostName = "host";

    private readonly List<NamespaceTarget> _targets;

    private NamespaceTargets(List<NamespaceTarget> targets) => _targets = targets;

    public IReadOnlyList<NamespaceTarget> All => _targets;

    /// <summary>Opens all of them; two paths to one namespace give one target.</summary>
    /// <param name="procRoot">Where /proc is.</param>
    /// <param name="paths">Namespaces that somebody named.</param>
    /// <param name="scan">What a scan of the node found; null = nobody scanned.</param>
    public static NamespaceTargets Open(string procRoot, IReadOnlyList<string> paths, NamespaceScanResult? scan = null)
    {
        var hostErrno = FileStatus.TryRead(Path.Combine(procRoot, "thread-self", "ns", "net"), out var host);
        var targets = new List<NamespaceTarget> { new(hostErrno == 0 ? host.NamespaceId : NamespaceTarget.UnknownId, HostName, null) };
        foreach (var path in paths)
        {
            var errno = NetworkNamespace.TryOpen(path, out var opened);
            if (opened is null) targets.Add(new NamespaceTarget(NamespaceTarget.UnknownId, path, null, errno));
            else AddOnce(targets, opened, path, scan?.Found.All.GetValueOrDefault(opened.Status.Identity)?.Owners(procRoot));
        }

        foreach (var space in scan?.Whole ?? []) AddFound(targets, space, procRoot);
        return new NamespaceTargets(targets);
    }

    private static void AddOnce(List<NamespaceTarget> targets, NetworkNamespace opened, string name, IReadOnlyList<NamespaceOwnerFact>? owners)
    {
        if (targets.Exists(t => t.Id == opened.Id)) opened.Dispose();
        else targets.Add(new NamespaceTarget(opened.Id, name, opened, Owners: owners));
    }

    private static void AddFound(List<NamespaceTarget> targets, FoundNamespace space, string procRoot)
    {
        var id = space.Status.NamespaceId;
        if (targets.Exists(t => t.Id == id)) return;
        var path = space.EntryPath(procRoot);
        var owners = space.Owners(procRoot);
        var errno = NetworkNamespace.TryOpen(path, out var opened);
        if (opened is not null && opened.Status.Identity == space.Status.Identity)
        {
            AddOnce(targets, opened, path, owners);
            return;
        }

        // It vanished after it was looked into: the facts say so under its own name.
        opened?.Dispose();
        targets.Add(new NamespaceTarget(id, path, null, errno == 0 ? Errno.NoEntry : errno, owners));
    }

    /// <inheritdoc/>
    public void Dispose() => _targets.ForEach(target => target.Dispose());
}
