// SPDX-License-Identifier: Apache-2.0

using static KubeWgDiag.Diagnosis.Netfilter.Owners.OwnerSignatures;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Service meshes, mostly inside the namespaces of pods.</summary>
internal static class MeshOwners
{
    private static readonly RuleOwner Istio = Of("istio");
    private static readonly RuleOwner Linkerd = Of("linkerd");
    private static readonly RuleOwner Kuma = Of("kuma");
    private static readonly RuleOwner Consul = Of("consul");

    public static IReadOnlyList<OwnerSignature> Signatures { get; } =
    [
        .. Tables(Istio, "istio-proxy-*", "istio-ambient-*"),
        .. Chains(Istio, "ISTIO_*"),
        .. Chains(Linkerd, "PROXY_INIT_*"),
        .. Comments(Linkerd, "proxy-init/*"),
        .. Chains(Kuma, "KUMA_MESH_*"),
        .. CommonChains(Kuma, "MESH_INBOUND*", "MESH_OUTBOUND*"),
        .. Comments(Kuma, "kuma/mesh/*"),
        .. Chains(Consul, "CONSUL_PROXY_*", "CONSUL_DNS_*"),
    ];

    private static RuleOwner Of(string name) => new(name, RuleOwnerKind.ServiceMesh);
}
