// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>One node's facts with its namespaces and devices.</summary>
internal sealed class NodeView(NodeFacts facts)
{
    public NodeFacts Facts { get; } = facts;

    /// <summary>Name fit to be shown.</summary>
    public string Name { get; } = DisplayText.NodeName(facts.Node);

    /// <summary>Its times mean nothing beside those of another node.</summary>
    public bool ClockIsOff { get; init; }

    /// <summary>Whether what is computed from its facts stays in memory; not so where thousands of nodes are looked at together.</summary>
    public bool KeepsIndexes { get; init; } = true;

    public List<NamespaceView> Namespaces { get; } = [];

    public IEnumerable<DeviceView> Devices => Namespaces.SelectMany(ns => ns.Devices);

    /// <summary>Length of the observation in seconds; 0 when there was none or the fact is nonsense.</summary>
    public double Observed { get; } = facts.ObservedSeconds is > 0 and < 86400 ? facts.ObservedSeconds : 0;
}
