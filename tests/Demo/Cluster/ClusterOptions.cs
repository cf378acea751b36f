// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.EmbeddedApiServer;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>What a <see cref="LabCluster"/> is made of.</summary>
public sealed record ClusterOptions
{
    public LabOptions Lab { get; init; } = new();

    /// <summary>The published <c>kubewgdiag-probe</c>.</summary>
    public required string ProbePath { get; init; }

    /// <summary>The published <c>kubewgdiag-operator</c>.</summary>
    public required string OperatorPath { get; init; }

    /// <summary>Folder with the CustomResourceDefinitions.</summary>
    public required string CrdDirectory { get; init; }

    /// <summary>Puts something between the node agent and the runtime, for tests; null = nothing.</summary>
    public Func<IPodRuntime, IPodRuntime>? WrapRuntime { get; init; }

    /// <summary>What is installed in the cluster; null = the lab's own manifests, with an operator that may do everything.</summary>
    public ClusterInstall? Install { get; init; }
}

/// <summary>What is installed in a cluster besides the CustomResourceDefinitions.</summary>
/// <param name="Manifests">YAML documents.</param>
/// <param name="ProbeSettings">Content of the operator's --probe-settings file.</param>
/// <param name="OperatorAccount">Service account whose rights the operator has; null = all rights.</param>
public sealed record ClusterInstall(string Manifests, string ProbeSettings, string? OperatorAccount);
