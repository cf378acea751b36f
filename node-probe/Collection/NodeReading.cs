// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>The reading of what a node has once. What runs through <see cref="Run"/> is timed, limited and guarded: whatever happens in it becomes a fact.</summary>
internal sealed class NodeReading(NodeFacts empty, NodeEnvironment environment, CollectionRequest request, ReaderRunner runner)
{
    /// <summary>Where to read from.</summary>
    public NodeEnvironment Environment { get; } = environment;

    /// <summary>What was asked for.</summary>
    public CollectionRequest Request { get; } = request;

    /// <summary>What was read so far; it has no namespaces yet.</summary>
    public NodeFacts Facts { get; set; } = empty;

    /// <summary>Runs a reader.</summary>
    public Fact<T> Run<T>(string source, Func<Deadline, Reading<T>> read)
        where T : class => runner.Run(source, read);
}
