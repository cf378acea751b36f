// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Operator.Probes;

/// <summary>
/// The probe's folder of token, authority and namespace, at the place where every client looks for it. It is the one that the kubelet would mount by
/// itself, written out so that the life of the token is ours to choose: whoever takes over a node has it for no longer than that.
/// </summary>
internal static class ProbeIdentity
{
    private const string VolumeName = "identity";
    private const string Directory = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The kubelet renews it after 80 %; a node that is cut off for longer needs a new pod to write its report.</summary>
    private const long TokenSeconds = 3600;

    /// <summary>Readable for everybody in the container, writable for nobody.</summary>
    private const int ReadOnlyMode = 0x124;

    public static VolumeMount Mount { get; } = new() { Name = VolumeName, MountPath = Directory, ReadOnly = true };

    public static Volume Volume { get; } = new()
    {
        Name = VolumeName,
        Projected = new ProjectedVolume
        {
            DefaultMode = ReadOnlyMode,
            Sources =
            [
                // Bound to the pod: it dies with it, and it names the pod's node, which the admission policy looks at. No audience: the API server's own.
                new VolumeProjection { ServiceAccountToken = new ServiceAccountTokenProjection { ExpirationSeconds = TokenSeconds, Path = "token" } },
                // Published into every namespace by the controller manager.
                new VolumeProjection { ConfigMap = new ConfigMapProjection { Name = "kube-root-ca.crt", Items = [new KeyToPath { Key = "ca.crt", Path = "ca.crt" }] } },
                new VolumeProjection
                {
                    DownwardApi = new DownwardApiProjection
                    {
                        Items = [new DownwardApiFile { Path = "namespace", FieldRef = new ObjectFieldSelector { FieldPath = "metadata.namespace" } }],
                    },
                },
            ],
        },
    };
}
