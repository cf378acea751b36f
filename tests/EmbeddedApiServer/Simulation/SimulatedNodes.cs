// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace KubeWgDiag.EmbeddedApiServer.Simulation;

/// <summary>Which nodes are simulated, and how each behaves now.</summary>
internal sealed class SimulatedNodes(IEnumerable<EmbeddedNode> nodes, NodeSimulation options)
{
    private readonly ConcurrentDictionary<string, NodeBehaviour> _behaviours =
        new(nodes.Where(node => node.Simulated is not null).ToDictionary(node => node.Name, node => node.Simulated!.Value), StringComparer.Ordinal);

    public NodeSimulation Options => options;

    public bool IsEmpty => _behaviours.IsEmpty;

    public IReadOnlyList<string> Names { get; } = [.. nodes.Where(node => node.Simulated is not null).Select(node => node.Name)];

    public bool Contains(string node) => _behaviours.ContainsKey(node);

    public NodeBehaviour? Of(string node) => _behaviours.TryGetValue(node, out NodeBehaviour behaviour) ? behaviour : null;

    public void Set(string node, NodeBehaviour behaviour) => _behaviours[node] = behaviour;

    /// <summary>Why the scheduler finds no room on a node; null when it does.</summary>
    public string? Refusal(string node) => Of(node) == NodeBehaviour.Full ? options.FullMessage : null;
}
