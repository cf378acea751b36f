// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Capture;
using KubeWgDiag.Diagnosis.Facts.Cni;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Facts.Paths;
using KubeWgDiag.Diagnosis.Facts.Tests;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>Everything that one probe read on one node in one run. Serialized as JSON: probe output, NodeProbe status, support bundles.</summary>
public sealed record NodeFacts
{
    /// <summary>The version this code writes. A reader refuses other major versions.</summary>
    public const string CurrentVersion = "facts.kubewgdiag.io/v1";

    /// <summary>Version of this format.</summary>
    public string Version { get; init; } = CurrentVersion;

    /// <summary>Name of the node as Kubernetes knows it, or the host name outside a cluster.</summary>
    public required string Node { get; init; }

    /// <summary>End of the observation (the node's clock).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Length of the observation in seconds; 0 means that counters were read once and have no growth.</summary>
    public double ObservedSeconds { get; init; }

    /// <summary>Kernel release as <c>uname -r</c> says it.</summary>
    public string? KernelRelease { get; init; }

    /// <summary>The network namespaces that were visited; the first one is the host's.</summary>
    public required IReadOnlyList<NamespaceFacts> Namespaces { get; init; }

    /// <summary>All other network namespaces of the node, in short; null in facts of versions that did not look for them.</summary>
    public Fact<NamespaceScanFact>? OtherNamespaces { get; init; }

    /// <summary>True when something that verdicts are drawn from was cut to fit a size limit; <see cref="TruncatedWhat"/> says what.</summary>
    public bool Truncated { get; init; }

    /// <summary>What was left out, in words, also when no verdict needs it; null when nothing was.</summary>
    public string? TruncatedWhat { get; init; }

    /// <summary>The machine beside its network; null in facts of versions that did not read it.</summary>
    public HostFacts? Host { get; init; }

    /// <summary>The pod network's configuration; null in facts of versions that did not read it.</summary>
    public Fact<CniFact>? Cni { get; init; }

    /// <summary>What became of test datagrams between probes; null while nobody sent any.</summary>
    public Fact<IReadOnlyList<OuterTestFact>>? OuterTests { get; init; }

    /// <summary>WireGuard's messages as a capture on the underlay saw them; null while nobody captured.</summary>
    public Fact<IReadOnlyList<OuterCaptureFact>>? OuterCaptures { get; init; }

    /// <summary>What configuration on the node says of its tunnels, without keys that are secret; null while nobody read it.</summary>
    public Fact<IReadOnlyList<TunnelConfigFact>>? TunnelConfigs { get; init; }

    /// <summary>Which packet sizes passed, inside tunnels and outside; null while nobody tested.</summary>
    public Fact<IReadOnlyList<SizeTestFact>>? SizeTests { get; init; }

    /// <summary>What arrived at which rate between probes over the underlay; null while nobody tested.</summary>
    public Fact<IReadOnlyList<RateTestFact>>? RateTests { get; init; }

    /// <summary>What became of test datagrams through tunnels; null while nobody sent any.</summary>
    public Fact<IReadOnlyList<InnerTestFact>>? InnerTests { get; init; }

    /// <summary>What became of test datagrams on the wire beside the tunnels; null while nobody sent any.</summary>
    public Fact<IReadOnlyList<FabricTestFact>>? FabricTests { get; init; }

    /// <summary>What programs of the pod network dropped in the kernel; null while nobody read their counters.</summary>
    public Fact<IReadOnlyList<DatapathDropFact>>? DatapathDrops { get; init; }

    /// <summary>What becomes of the packets of paths that somebody asked about; null while nobody asked.</summary>
    public Fact<IReadOnlyList<PathWalkFact>>? PathWalks { get; init; }
}
