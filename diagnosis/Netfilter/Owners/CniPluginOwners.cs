// SPDX-License-Identifier: Apache-2.0

using static KubeWgDiag.Diagnosis.Netfilter.Owners.OwnerSignatures;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Plugins that any CNI configuration may chain; their rules belong to pods of whatever network calls them.</summary>
internal static class CniPluginOwners
{
    private static readonly RuleOwner PortMap = new("cni-portmap", RuleOwnerKind.Cni);
    private static readonly RuleOwner Firewall = new("cni-firewall", RuleOwnerKind.Cni);
    private static readonly RuleOwner Masquerade = new("cni-ipmasq", RuleOwnerKind.Cni);

    public static IReadOnlyList<OwnerSignature> Signatures { get; } =
    [
        .. Tables(PortMap, "cni_hostport"),
        .. Chains(PortMap, "CNI-HOSTPORT-*", "CNI-DN-*", "CNI-SN-*"),
        .. Comments(PortMap, "CNI portfwd*", "portforward chain*"),
        .. Chains(Firewall, "CNI-FORWARD", "CNI-ADMIN", "CNI-ISOLATION-STAGE-*"),
        .. Comments(Firewall, "CNI firewall plugin*"),
        .. Tables(Masquerade, "cni_plugins_masquerade"),
        // CNI- and the first hexadecimal digits of a hash over network and container: too short to be nobody else's.
        .. CommonChains(Masquerade, "CNI-*"),
    ];
}
