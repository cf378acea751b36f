// SPDX-License-Identifier: Apache-2.0

using static KubeWgDiag.Diagnosis.Netfilter.Owners.OwnerSignatures;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Host firewalls and what the operating system filters by itself.</summary>
internal static class FirewallOwners
{
    private static readonly RuleOwner Firewalld = new("firewalld", RuleOwnerKind.Firewall);
    private static readonly RuleOwner Ufw = new("ufw", RuleOwnerKind.Firewall);
    private static readonly RuleOwner Shorewall = new("shorewall", RuleOwnerKind.Firewall);
    private static readonly RuleOwner Fail2Ban = new("fail2ban", RuleOwnerKind.Firewall);
    private static readonly RuleOwner CrowdSec = new("crowdsec", RuleOwnerKind.Firewall);
    private static readonly RuleOwner SshGuard = new("sshguard", RuleOwnerKind.Firewall);
    private static readonly RuleOwner OpenWrt = new("openwrt-fw4", RuleOwnerKind.Firewall);
    private static readonly RuleOwner VyOs = new("vyos", RuleOwnerKind.Firewall);
    private static readonly RuleOwner Systemd = new("systemd-networkd", RuleOwnerKind.System);
    private static readonly RuleOwner NetworkManager = new("networkmanager", RuleOwnerKind.System);
    private static readonly RuleOwner Talos = new("talos", RuleOwnerKind.System);

    public static IReadOnlyList<OwnerSignature> Signatures { get; } =
    [
        .. Tables(Firewalld, "firewalld", "firewalld_*"),
        // Its iptables backend names chains after hook and zone.
        .. Chains(Firewalld, "INPUT_ZONES*", "FORWARD_IN_ZONES*", "FORWARD_OUT_ZONES*", "FORWARD_ZONES*", "OUTPUT_ZONES*", "PREROUTING_ZONES*", "POSTROUTING_ZONES*"),
        .. CommonChains(Firewalld, "FWDI_*", "FWDO_*", "FWD_*", "IN_*", "PRE_*", "POST_*", "*_direct"),
        .. Chains(Ufw, "ufw-*", "ufw6-*"),
        .. CommonChains(Shorewall, "shorewall", "net2fw", "fw2net", "net2all", "loc2fw", "net-fw", "fw-net"),
        .. Comments(Shorewall, "Shorewall*"),
        .. Tables(Fail2Ban, "f2b-table"),
        .. Chains(Fail2Ban, "f2b-*", "fail2ban-*"),
        .. Tables(CrowdSec, "crowdsec", "crowdsec6"),
        .. Chains(CrowdSec, "CROWDSEC_CHAIN*", "crowdsec-*"),
        .. Tables(SshGuard, "sshguard"),
        .. CommonChains(SshGuard, "sshguard"),
        .. Tables(OpenWrt, "fw4"),
        .. Tables(VyOs, "vyos_*"),
        .. Tables(Systemd, "io.systemd.nat"),
        .. Tables(NetworkManager, "nm-shared-*"),
        .. Chains(NetworkManager, "nm-sh-*"),
        .. Comments(NetworkManager, "nm-shared-*"),
        .. Tables(Talos, "talos"),
        .. Comments(Ufw, "ufw*"),
    ];
}
