// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Crds.TunnelDiagnoses;

/// <summary>Asks why WireGuard traffic between nodes does not flow, and holds the answer.</summary>
public sealed record TunnelDiagnosis : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    /// <summary>What to look at, and when.</summary>
    public TunnelDiagnosisSpec? Spec { get; init; }

    /// <summary>What was found.</summary>
    public TunnelDiagnosisStatus? Status { get; init; }
}
