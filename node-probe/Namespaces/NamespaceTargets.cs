// SPDX-License-Identifier: Apache-2.0

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
    public static NamespaceTargets Open(string procRoot, IReadOnlyList<string> paths)
    {
        var hostErrno = FileStatus.TryRead(Path.Combine(procRoot, "thread-self", "ns", "net"), out var host);
        var targets = new List<NamespaceTarget> { new(hostErrno == 0 ? host.NamespaceId : NamespaceTarget.UnknownId, HostName, null) };
        foreach (var path in paths)
        {
            var errno = NetworkNamespace.TryOpen(path, out var opened);
            if (opened is null) targets.Add(new NamespaceTarget(NamespaceTarget.UnknownId, path, null, errno));
            else if (targets.Exists(t => t.Id == opened.Id)) opened.Dispose();
            else targets.Add(new NamespaceTarget(opened.Id, path, opened));
        }

        return new NamespaceTargets(targets);
    }

    /// <inheritdoc/>
    public void Dispose() => _targets.ForEach(target => target.Dispose());
}
