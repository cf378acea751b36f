// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.NodeProbe.Agent;
using NodeProbeObject = KubeWgDiag.Crds.NodeProbes.NodeProbe;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

/// <summary>NodeProbes as an operator makes them.</summary>
internal static class Probes
{
    public const string Name = "diag-node-a";

    public static AgentSettings Settings { get; } = new("node-a", "uid-of-diagnosis");

    public static NodeProbeObject Asking(
        string run,
        NodeProbeStatus? status = null,
        string uid = "uid-1",
        string node = "node-a",
        string name = Name,
        int seconds = 8,
        IReadOnlyList<string>? globs = null) => new()
        {
            Metadata = new ObjectMeta { Name = name, Uid = uid, ResourceVersion = "1" },
            Spec = new NodeProbeSpec
            {
                Diagnosis = "diag",
                NodeName = node,
                Run = run,
                ObservationSeconds = seconds,
                Interfaces = globs is null ? null : new GlobFilter { Include = globs },
            },
            Status = status,
        };
}
