// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Configuration;

/// <summary>What the command line of <c>kubewgdiag-operator run</c> says.</summary>
internal sealed record OperatorOptions
{
    /// <summary>Namespace of the probe pods: the operator's own, so that privileged pods live in one place only.</summary>
    public required string Namespace { get; init; }

    /// <summary>JSON file with <see cref="ProbeSettings"/>; mounted from the chart's ConfigMap.</summary>
    public required string ProbeSettingsFile { get; init; }

    /// <summary>
    /// The operator works on diagnoses whose label <c>kubewgdiag.io/class</c> has this value; null = on those without the label. So several operators
    /// can share a cluster.
    /// </summary>
    public string? Class { get; init; }

    /// <summary>Address of /metrics, /healthz and /readyz.</summary>
    public required Uri Listen { get; init; }

    /// <summary>What keeps runs from being a load on the cluster.</summary>
    public RunLimits Limits { get; init; } = new();

    /// <summary>Work only while holding a lease, so that of several operators one works. Off, whoever starts the operator sees to that.</summary>
    public bool LeaderElect { get; init; }

    /// <summary>How long others wait after the last renewal of the lease that they saw. Whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The pod's name: the readable part of the lease's holder, and the instance that events name.</summary>
    public string Identity { get; init; } = "kubewgdiag-operator";

    /// <summary>Where metrics are sent by OTLP; null = nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Kubeconfig for work outside the cluster; null = the pod's service account.</summary>
    public string? Kubeconfig { get; init; }
}
