// SPDX-License-Identifier: Apache-2.0

using static KubeWgDiag.Diagnosis.Netfilter.Owners.OwnerSignatures;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Pod networks.</summary>
internal static class CniOwners
{
    private static readonly RuleOwner Calico = Of("calico");
    private static readonly RuleOwner Cilium = Of("cilium");
    private static readonly RuleOwner Flannel = Of("flannel");
    private static readonly RuleOwner Kilo = Of("kilo");
    private static readonly RuleOwner Antrea = Of("antrea");
    private static readonly RuleOwner KubeRouter = Of("kube-router");
    private static readonly RuleOwner Weave = Of("weave");
    private static readonly RuleOwner KubeOvn = Of("kube-ovn");
    private static readonly RuleOwner OvnKubernetes = Of("ovn-kubernetes");
    private static readonly RuleOwner OpenShiftSdn = Of("openshift-sdn");
    private static readonly RuleOwner Kindnet = Of("kindnet");

    public static IReadOnlyList<OwnerSignature> Signatures { get; } =
    [
        // Felix writes cali- chains into the builtin tables; in its nftables mode the same names stand in tables of its own.
        .. Tables(Calico, "calico"),
        .. Chains(Calico, "cali-*", "cali[*"),
        .. CommonChains(Calico, "califw-*", "calitw-*", "calith-*", "califh-*"),
        .. Comments(Calico, "cali:*"),
        .. Devices(Calico, "cali*", "wireguard.cali", "wg-v6.cali", "vxlan.calico", "vxlan-v6.calico"),
        .. Chains(Cilium, "CILIUM_*", "OLD_CILIUM_*"),
        .. Comments(Cilium, "cilium:*", "cilium-feeder:*"),
        .. Devices(Cilium, "cilium_*", "lxc_health"),
        .. Tables(Flannel, "flannel-ipv4", "flannel-ipv6"),
        .. Chains(Flannel, "FLANNEL-*"),
        .. Comments(Flannel, "flanneld *"),
        .. Devices(Flannel, "flannel-wg", "flannel-wg-v6", "flannel.*"),
        .. Chains(Kilo, "KILO-*"),
        .. Comments(Kilo, "Kilo:*"),
        .. Devices(Kilo, "kilo0"),
        .. Tables(Antrea, "antrea"),
        .. Chains(Antrea, "ANTREA-*"),
        .. Comments(Antrea, "Antrea:*"),
        .. Devices(Antrea, "antrea-gw*", "antrea-wg*"),
        // k3s and RKE2 run kube-router's policy controller inside their own process.
        .. Chains(KubeRouter, "KUBE-ROUTER-*", "KUBE-POD-FW-*", "KUBE-NWPLCY-*", "KUBE-DEFAULT-NETPOL"),
        .. Comments(KubeRouter, "kube-router netpol*"),
        .. Chains(Weave, "WEAVE", "WEAVE-*"),
        .. Devices(Weave, "weave"),
        .. Chains(KubeOvn, "OVN-NAT-*", "OVN-POSTROUTING", "OVN-PREROUTING", "OVN-MASQUERADE"),
        .. Devices(KubeOvn, "ovn0"),
        .. Tables(OvnKubernetes, "ovn-kubernetes"),
        .. Chains(OvnKubernetes, "OVN-KUBE-*"),
        .. Devices(OvnKubernetes, "ovn-k8s-mp*"),
        .. Chains(OpenShiftSdn, "OPENSHIFT-*"),
        .. Tables(Kindnet, "kindnet-*"),
        .. Chains(Kindnet, "KIND-MASQ-AGENT"),
        .. Comments(Kindnet, "kind-masq-agent:*"),
    ];

    private static RuleOwner Of(string name) => new(name, RuleOwnerKind.Cni);
}
