// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Crds;

/// <summary>The two resources as the client needs them.</summary>
public static class CrdTypes
{
    public const string Group = "kubewgdiag.io";
    public const string Version = "v1alpha1";

    /// <summary>Cluster-scoped <c>tunneldiagnoses</c> (tdiag).</summary>
    public static ResourceType<TunnelDiagnosis> TunnelDiagnosis { get; } = new()
    {
        Group = Group,
        Version = Version,
        Plural = "tunneldiagnoses",
        Kind = "TunnelDiagnosis",
        Namespaced = false,
        Json = CrdsJsonContext.Default.TunnelDiagnosis,
        ListJson = CrdsJsonContext.Default.KubernetesListTunnelDiagnosis,
    };

    /// <summary>Cluster-scoped <c>nodeprobes</c> (nprobe).</summary>
    public static ResourceType<NodeProbe> NodeProbe { get; } = new()
    {
        Group = Group,
        Version = Version,
        Plural = "nodeprobes",
        Kind = "NodeProbe",
        Namespaced = false,
        Json = CrdsJsonContext.Default.NodeProbe,
        ListJson = CrdsJsonContext.Default.KubernetesListNodeProbe,
    };
}
