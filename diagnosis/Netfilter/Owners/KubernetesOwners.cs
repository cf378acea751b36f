// SPDX-License-Identifier: Apache-2.0

using static KubeWgDiag.Diagnosis.Netfilter.Owners.OwnerSignatures;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Kubernetes' own agents. kube-proxy marks its chains KUBE-, as do kubelet and others, so most are listed by their whole name.</summary>
internal static class KubernetesOwners
{
    private static readonly RuleOwner KubeProxy = new("kube-proxy", RuleOwnerKind.Kubernetes);
    private static readonly RuleOwner Kubelet = new("kubelet", RuleOwnerKind.Kubernetes);
    private static readonly RuleOwner NodeLocalDns = new("node-local-dns", RuleOwnerKind.Kubernetes);
    private static readonly RuleOwner KubeVip = new("kube-vip", RuleOwnerKind.Kubernetes);

    public static IReadOnlyList<OwnerSignature> Signatures { get; } =
    [
        // nftables mode has tables of its own; iptables and ipvs modes share the chains that both need.
        .. Tables(KubeProxy, "kube-proxy"),
        .. Chains(
            KubeProxy,
            "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-FORWARD", "KUBE-PROXY-FIREWALL",
            "KUBE-PROXY-CANARY", "KUBE-SVC-*", "KUBE-SVL-*", "KUBE-SEP-*", "KUBE-FW-*", "KUBE-XLB-*", "KUBE-EXT-*",
            "KUBE-NODE-PORT", "KUBE-LOAD-BALANCER", "KUBE-SOURCE-RANGES-FIREWALL", "KUBE-IPVS-FILTER", "KUBE-IPVS-OUT-FILTER", "KUBE-PORTALS-*"),
        // Both kubelet (up to 1.27) and kube-proxy make it, with equal rules.
        .. CommonChains(KubeProxy, "KUBE-MARK-MASQ"),
        .. Comments(
            KubeProxy,
            "kubernetes service*", "kubernetes externally-visible service*", "kubernetes load balancer firewall*",
            "kubernetes forwarding rules*", "kubernetes forwarding conntrack*", "kubernetes health check service ports*",
            "kubernetes postrouting rules*", "kubernetes ipvs access filter*"),
        .. Chains(Kubelet, "KUBE-FIREWALL", "KUBE-MARK-DROP", "KUBE-KUBELET-CANARY", "KUBE-IPTABLES-HINT"),
        .. Comments(Kubelet, "block incoming localnet connections", "kubernetes firewall for dropping marked packets"),
        .. Comments(NodeLocalDns, "NodeLocal DNS Cache:*"),
        .. Comments(KubeVip, "kube-vip load balancer IP*"),
    ];
}
