// SPDX-License-Identifier: Apache-2.0

using static KubeWgDiag.Diagnosis.Netfilter.Owners.OwnerSignatures;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Container and machine runtimes.</summary>
internal static class RuntimeOwners
{
    private static readonly RuleOwner Docker = Of("docker");
    private static readonly RuleOwner Podman = Of("podman");
    private static readonly RuleOwner CriO = Of("cri-o");
    private static readonly RuleOwner DockerShim = Of("kubelet-hostport");
    private static readonly RuleOwner Libvirt = Of("libvirt");
    private static readonly RuleOwner Lxd = Of("lxd");
    private static readonly RuleOwner Incus = Of("incus");
    private static readonly RuleOwner Lxc = Of("lxc-net");
    private static readonly RuleOwner Nomad = Of("nomad");

    public static IReadOnlyList<OwnerSignature> Signatures { get; } =
    [
        .. Tables(Docker, "docker-bridges"),
        // DOCKER-USER is Docker's chain, but people fill it.
        .. Chains(Docker, "DOCKER", "DOCKER-*", "DOCKER_OUTPUT", "DOCKER_POSTROUTING"),
        .. CommonChains(Docker, "DOCKER-USER"),
        .. Devices(Docker, "docker0", "docker_gwbridge"),
        .. Tables(Podman, "netavark"),
        .. Chains(Podman, "NETAVARK-*", "NETAVARK_*"),
        .. Devices(Podman, "cni-podman*"),
        .. CommonChains(Podman, "netavark_*", "nv_*"),
        .. Chains(CriO, "CRIO-*"),
        .. Chains(DockerShim, "KUBE-HOSTPORTS", "KUBE-HP-*"),
        .. Tables(Libvirt, "libvirt_network"),
        .. Chains(Libvirt, "LIBVIRT_*"),
        .. Devices(Libvirt, "virbr*"),
        .. Tables(Lxd, "lxd"),
        .. Comments(Lxd, "generated for LXD network*"),
        .. Devices(Lxd, "lxdbr*"),
        .. Tables(Incus, "incus"),
        .. Comments(Incus, "generated for Incus network*"),
        .. Devices(Incus, "incusbr*"),
        .. Tables(Lxc, "lxc"),
        .. Devices(Lxc, "lxcbr*"),
        .. Chains(Nomad, "NOMAD-*"),
    ];

    private static RuleOwner Of(string name) => new(name, RuleOwnerKind.Runtime);
}
