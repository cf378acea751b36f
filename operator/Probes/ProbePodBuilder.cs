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
        NodeSelector = spec.NodeSelector is { Count: > 0 } selector ? selector : null,
        Tolerations = TolerationsOf(spec.Tolerations ?? settings.Tolerations),
        ServiceAccountName = settings.ServiceAccountName,
        // The probe reads its NodeProbes and writes their status with this token, and can do nothing else with it.
        AutomountServiceAccountToken = true,
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
        SecurityContext = Security(settings.Privileged),
        // Read-only: connecting to a socket needs no write access to its folder.
        VolumeMounts = [new VolumeMount { Name = "wireguard-uapi", MountPath = UapiDirectory, ReadOnly = true }],
        // The last lines of a crashed probe go into the pod's status and from there into notReported.
        TerminationMessagePolicy = "FallbackToLogsOnError",
    };

    private static SecurityContext Security(bool privileged) => new()
    {
        // Capabilities in the initial user namespace and UAPI sockets (mode 0600, root's) need uid 0.
        RunAsUser = 0,
        RunAsGroup = 0,
        RunAsNonRoot = false,
        Privileged = privileged,
        // No set-uid program is ever run. The API refuses false for privileged containers.
        AllowPrivilegeEscalation = privileged,
        // The probe writes no files.
        ReadOnlyRootFilesystem = true,
        Capabilities = new Capabilities
        {
            Drop = ["ALL"],
            Add =
            [
                "NET_ADMIN", // WG_CMD_GET_DEVICE is GENL_UNS_ADMIN_PERM; dumps of netfilter and conntrack.
                "SYS_ADMIN", // setns(2) into another network namespace.
                "SYS_PTRACE", // opening /proc/<pid>/ns/net of another user's process (ptrace read access).
            ],
        },
        // The runtime's filter lets setns through for SYS_ADMIN (containerd and CRI-O alike), so nothing needs to be unconfined.
        SeccompProfile = privileged ? null : new SeccompProfile { Type = "RuntimeDefault" },
    };

    private static EnvVar FromField(string name, string path) =>
        new() { Name = name, ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = path } } };

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
