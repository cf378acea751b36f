// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Configuration;
using CrdToleration = KubeWgDiag.Crds.TunnelDiagnoses.Toleration;
using PodToleration = KubeWgDiag.Kube.CoreTypes.Toleration;

namespace KubeWgDiag.Operator.Probes;

/// <summary>The probe's pod: what it may do on a node, and why.</summary>
internal static class ProbePodBuilder
{
    /// <summary>Where userspace implementations of WireGuard keep their sockets (the cross-platform UAPI's fixed place).</summary>
    private const string UapiDirectory = "/var/run/wireguard";

    /// <summary>Pod spec for one diagnosis.</summary>
    public static PodSpec Build(TunnelDiagnosisSpec spec, ProbeSettings settings) => new()
    {
        NodeSelector = OnLinux(spec.NodeSelector),
        Tolerations = TolerationsOf(spec.Tolerations ?? settings.Tolerations),
        ServiceAccountName = settings.ServiceAccountName,
        // The probe's token is mounted below, with a life of our choice.
        AutomountServiceAccountToken = false,
        ImagePullSecrets = settings.ImagePullSecrets.Count == 0
            ? null
            : [.. settings.ImagePullSecrets.Select(name => new LocalObjectReference { Name = name })],
        PriorityClassName = settings.PriorityClassName,
        // The node's own network namespace is what is diagnosed; and the report must not travel over the tunnel in question.
        HostNetwork = true,
        // /proc/<pid>/ns of pods and agents leads into their network namespaces.
        HostPid = true,
        // Cluster names stay resolvable from the host network.
        DnsPolicy = "ClusterFirstWithHostNet",
        // Addresses of other services in the environment are of no use to the probe.
        EnableServiceLinks = false,
        // A probe holds nothing that has to be saved.
        TerminationGracePeriodSeconds = 10,
        Containers = [Container(settings)],
        Volumes =
        [
            new Volume
            {
                Name = "wireguard-uapi",
                // Created when missing: a node without userspace WireGuard must not keep the pod from starting.
                HostPath = new HostPathVolume { Path = UapiDirectory, Type = "DirectoryOrCreate" },
            },
            ProbeIdentity.Volume,
        ],
    };

    private static Container Container(ProbeSettings settings) => new()
    {
        Name = "probe",
        Image = settings.Image,
        ImagePullPolicy = settings.ImagePullPolicy,
        Args = ["run"],
        Env = [FromField("NODE_NAME", "spec.nodeName"), FromField("DIAGNOSIS_UID", $"metadata.labels['{CrdLabels.DiagnosisUid}']")],
        Resources = new ResourceRequirements
        {
            Requests = settings.Resources.Requests.Count == 0 ? null : settings.Resources.Requests,
            Limits = settings.Resources.Limits.Count == 0 ? null : settings.Resources.Limits,
        },
        SecurityContext = ProbeConfinement.Of(settings),
        // Read-only: connecting to a socket needs no write access to its folder.
        VolumeMounts = [new VolumeMount { Name = "wireguard-uapi", MountPath = UapiDirectory, ReadOnly = true }, ProbeIdentity.Mount],
        // No liveness probe: on the host network it would need a port of the node, and a restart would lose the reading that hangs. The deadline of
        // the run ends it. No readiness probe: nobody sends a probe anything.
        // The last lines of a crashed probe go into the pod's status and from there into notReported; it writes no file for them.
        TerminationMessagePath = "/dev/termination-log",
        TerminationMessagePolicy = "FallbackToLogsOnError",
    };

    private static EnvVar FromField(string name, string path) =>
        new() { Name = name, ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = path } } };

    // A pod that tolerates everything would be placed on nodes of other systems too, and wait there for ever.
    private static SortedDictionary<string, string> OnLinux(IReadOnlyDictionary<string, string>? selector)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { [NodeSelection.OperatingSystemLabel] = "linux" };
        foreach (var (key, value) in selector ?? new Dictionary<string, string>()) labels[key] = value;
        return labels;
    }

    private static IReadOnlyList<PodToleration> TolerationsOf(IReadOnlyList<CrdToleration>? tolerations)
    {
        // A node that is broken is often tainted for it, and it is the one to look at.
        if (tolerations is null)
            return [new PodToleration { Operator = "Exists" }];
        return
        [
            .. tolerations.Select(t => new PodToleration
            {
                Key = string.IsNullOrEmpty(t.Key) ? null : t.Key,
                Operator = t.Operator?.ToString(),
                Value = string.IsNullOrEmpty(t.Value) ? null : t.Value,
                Effect = t.Effect?.ToString(),
            }),
        ];
    }
}
