// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Explain;

/// <summary>The namespaces of a walk, each with an open connection that asks the kernel for its routes.</summary>
internal sealed class WalkSpaces : IDisposable
{
    private readonly List<KernelRoutes> _open = [];
    private readonly List<WalkNamespace> _spaces = [];

    private WalkSpaces()
    {
    }

    public IReadOnlyList<WalkNamespace> All => _spaces;

    /// <summary>Opens a connection in each namespace that was read. One that cannot be entered any more has routes that nobody answers for.</summary>
    public static async Task<WalkSpaces> OpenAsync(
        NodeFacts facts, NodeEnvironment environment, CollectionRequest request, TimeProvider time, CancellationToken ct)
    {
        using var targets = NamespaceTargets.Open(environment.ProcRoot, [.. facts.Namespaces.Skip(1).Select(space => space.Name)]);
        var result = new WalkSpaces();
        foreach (var space in facts.Namespaces)
        {
            var target = targets.All.FirstOrDefault(candidate => candidate.Id == space.Id);
            var connection = target is null ? null : await ConnectAsync(target, environment, request.ReaderTimeout, time, ct);
            result.Add(space, connection, time, request.ReaderTimeout, ct);
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _open.ForEach(routes => routes.Dispose());

    private void Add(NamespaceFacts space, NetlinkConnection? connection, TimeProvider time, TimeSpan limit, CancellationToken ct)
    {
        if (connection is null)
        {
            _spaces.Add(new WalkNamespace(space, UnreadRoutes.Instance));
            return;
        }

        var routes = new KernelRoutes(connection, time, limit, ct);
        _open.Add(routes);
        _spaces.Add(new WalkNamespace(space, routes));
    }

    // A socket belongs to the namespace of the thread that made it, whoever uses it afterwards.
    private static async Task<NetlinkConnection?> ConnectAsync(
        NamespaceTarget target, NodeEnvironment environment, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        try
        {
            var visit = await NamespaceVisitor.VisitAsync(target, () => Open(environment), limit, time, ct);
            return visit.Value;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static NetlinkConnection? Open(NodeEnvironment environment)
    {
        _ = NetlinkConnection.TryOpen(environment.Netlink, NetlinkConstants.ProtocolRoute, secret: false, out var connection);
        return connection;
    }
}
