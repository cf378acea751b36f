// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Paths;

namespace KubeWgDiag.Diagnosis;

/// <summary>What the engine judges.</summary>
/// <param name="Nodes">Facts of one node or of many; rules that need both ends are silent where only one was read.</param>
/// <param name="Thresholds">Limits.</param>
public sealed record DiagnosisInput(IReadOnlyList<NodeFacts> Nodes, Thresholds Thresholds)
{
    /// <summary>Nodes whose clock is known to be off: their times must not be compared with those of other nodes.</summary>
    public IReadOnlySet<string> ClocksOff { get; init; } = new HashSet<string>();

    /// <summary>Findings with other codes are left out; empty means all codes.</summary>
    public IReadOnlyList<string> IncludeCodes { get; init; } = [];

    /// <summary>Findings with these codes are left out.</summary>
    public IReadOnlyList<string> ExcludeCodes { get; init; } = [];

    /// <summary>
    /// True when the report lists broken tunnels only and counts all others under <see cref="Findings.DiagnosisReport.Unlisted"/>: thousands of nodes have a hundred
    /// thousand, each with its reason.
    /// </summary>
    public bool BrokenTunnelsOnly { get; init; }

    /// <summary>What the control plane publishes; null where nobody may ask it (one host, files alone).</summary>
    public ClusterFacts? Cluster { get; init; }

    /// <summary>The paths that somebody asked about; null = those of which the facts tell.</summary>
    public IReadOnlyList<AskedPath>? Paths { get; init; }
}
