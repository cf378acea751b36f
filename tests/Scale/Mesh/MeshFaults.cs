// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Scale.Mesh;

/// <summary>What is broken: a handful of independent faults, spread over the mesh.</summary>
internal sealed class MeshFaults(int nodes)
{
    /// <summary>Nodes whose kernel does not forward.</summary>
    public IReadOnlyList<int> NotForwarding { get; } = [nodes / 10, nodes / 2];

    /// <summary>This node's entry for the other lacks the other's pods.</summary>
    public (int Node, int Other) WithoutPrefix { get; } = (nodes / 5, nodes * 3 / 10);

    /// <summary>This node has no entry for the other.</summary>
    public (int Node, int Other) WithoutPeer { get; } = (nodes * 7 / 10, nodes * 4 / 5);

    /// <summary>What a right verdict names, and nothing else: code and node.</summary>
    public IReadOnlyList<ExpectedCause> Expected =>
    [
        .. NotForwarding.Select(node => new ExpectedCause("WG-FORWARDING-DISABLED", MeshPlan.Name(node))),
        new("WG-ALLOWEDIPS-MISSING-DST", MeshPlan.Name(WithoutPrefix.Node)),
        new("WG-PEER-MISSING", MeshPlan.Name(WithoutPeer.Node)),
    ];

    /// <summary>Whether a node's own facts show a fault, or the other end of one.</summary>
    public bool Touches(int node) =>
        NotForwarding.Contains(node) || node == WithoutPrefix.Node || node == WithoutPrefix.Other || node == WithoutPeer.Node || node == WithoutPeer.Other;
}

/// <summary>A root cause that has to be found.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Node">The node that it has to name.</param>
internal sealed record ExpectedCause(string Code, string Node);
