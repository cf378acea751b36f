// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.Schema;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Crds.TunnelDiagnoses;

/// <summary>Asks why WireGuard traffic between nodes does not flow, and holds the answer.</summary>
[ResourceNames("tunneldiagnosis", "tdiag")]
[PrinterColumn("Phase", "string", ".status.phase")]
[PrinterColumn("Nodes", "string", ".status.nodes.progress")]
[PrinterColumn("Tunnels", "integer", ".status.tunnels.total")]
[PrinterColumn("Broken", "integer", ".status.tunnels.broken")]
[PrinterColumn("Root-Cause", "string", ".status.rootCauses[0].code")]
[PrinterColumn("Healthy", "string", ".status.conditions[?(@.type==\"TunnelsHealthy\")].status", Priority = 1)]
[PrinterColumn("Summary", "string", ".status.summary", Priority = 1)]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record TunnelDiagnosis : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    /// <summary>What to look at, and when. Without it all WireGuard devices of all nodes are looked at once.</summary>
    [DefaultJson("{}")]
    public TunnelDiagnosisSpec? Spec { get; init; }

    /// <summary>What was found.</summary>
    public TunnelDiagnosisStatus? Status { get; init; }
}
