// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Paths;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Paths;

/// <summary>What the nodes told about the asked paths.</summary>
internal sealed class PathWalks
{
    private readonly ILookup<(string Path, IpAddr Target), (NodeView Node, PathWalkFact Walk)> _walks;

    public PathWalks(MeshModel mesh) => _walks = mesh.Nodes
        .SelectMany(node => Safe.List(node.Facts.PathWalks).Where(IsWhole).Select(walk => (Node: node, Walk: walk)))
        .ToLookup(item => (item.Walk.Path, item.Walk.Target));

    /// <summary>The paths of which some node told, where nobody says which were asked.</summary>
    public IEnumerable<AskedPath> Told => _walks.Select(group => new AskedPath(group.Key.Path) { Target = group.Key.Target })
        .OrderBy(path => path.Name, StringComparer.Ordinal).ThenBy(path => path.Target);

    /// <summary>The walks of one part of a path, on a node or on any.</summary>
    public IEnumerable<(NodeView Node, PathWalkFact Walk)> Of(AskedPath path, PathWay way, string? node) => path.Target is not { } target
        ? []
        : _walks[(path.Name, target)].Where(item => item.Walk.Way == way && (node is null || item.Node.Name == node));

    // What a node says of itself is not to be relied on.
    private static bool IsWhole(PathWalkFact walk) => walk is { Path: not null, There.Count: > 0, Steps: not null };
}
