// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Scale.Mesh;

/// <summary>A full mesh of the cluster's nodes on real machines, with a fault of every kind in it.</summary>
internal sealed class MeshPlan
{
    private readonly SyntheticMesh _mesh;
    private readonly MachineFacts _machine = MachineFacts.Load();

    public MeshPlan(int nodes)
    {
        // Apart from each other, so that none explains another.
        SyntheticFault[] faults =
        [
            new(SyntheticFaultKind.PeerMissing, nodes / 10, nodes / 5),
            new(SyntheticFaultKind.WrongPort, nodes * 3 / 10, nodes * 4 / 10),
            new(SyntheticFaultKind.NoHandshake, nodes / 2, nodes * 6 / 10),
            new(SyntheticFaultKind.ForwardingOff, nodes * 7 / 10),
            new(SyntheticFaultKind.DeviceDown, nodes * 9 / 10),
        ];
        _mesh = new SyntheticMesh(nodes, faults);
        Expected = [.. faults.Select(fault => new ExpectedCause(fault.Code, Name(fault.Node)))];
    }

    /// <summary>Nodes in the mesh.</summary>
    public int Count => _mesh.Count;

    /// <summary>What a right verdict names, and nothing else.</summary>
    public IReadOnlyList<ExpectedCause> Expected { get; }

    /// <summary>The name that the server gives a node.</summary>
    public static string Name(int node) => string.Create(CultureInfo.InvariantCulture, $"node-{node + 1}");

    /// <summary>The number in a name; -1 when it is not one of these names.</summary>
    public static int Number(string name) =>
        name.StartsWith("node-", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number - 1 : -1;

    /// <summary>What a probe sends: peers that nothing is wrong with in a digest.</summary>
    public NodeFacts AsSent(int node) => OnMachine(_mesh.AsSent(node), node);

    /// <summary>What a probe reads.</summary>
    public NodeFacts AsRead(int node) => OnMachine(_mesh.Full(node), node);

    private NodeFacts OnMachine(NodeFacts facts, int node) => _machine.Add(facts with { Node = Name(node) }, node);
}

/// <summary>A root cause that has to be found.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Node">The node that it has to name.</param>
internal sealed record ExpectedCause(string Code, string Node);
