// SPDX-License-Identifier: Apache-2.0

using static KubeWgDiag.Diagnosis.Netfilter.Owners.OwnerSignatures;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Tunnels and overlay networks beside the pod network.</summary>
internal static class VpnOwners
{
    private static readonly RuleOwner WgQuick = Of("wg-quick");
    private static readonly RuleOwner Tailscale = Of("tailscale");
    private static readonly RuleOwner NetBird = Of("netbird");
    private static readonly RuleOwner Netmaker = Of("netmaker");
    private static readonly RuleOwner Submariner = Of("submariner");
    private static readonly RuleOwner Liqo = Of("liqo");
    private static readonly RuleOwner KubeSpan = Of("kubespan");
    private static readonly RuleOwner Mullvad = Of("mullvad");
    private static readonly RuleOwner NordVpn = Of("nordvpn");
    private static readonly RuleOwner Firezone = Of("firezone");
    private static readonly RuleOwner Nebula = Of("nebula");

    public static IReadOnlyList<OwnerSignature> Signatures { get; } =
    [
        .. Tables(WgQuick, "wg-quick-*"),
        .. Comments(WgQuick, "wg-quick(8) rule for *"),
        .. Chains(Tailscale, "ts-input", "ts-forward", "ts-postrouting"),
        .. CommonChains(Tailscale, "ts-*"),
        .. Devices(Tailscale, "tailscale*"),
        .. Tables(NetBird, "netbird"),
        .. Chains(NetBird, "NETBIRD-*", "netbird-*"),
        .. Devices(NetBird, "wt0"),
        .. Tables(Netmaker, "netmaker"),
        .. Chains(Netmaker, "netmaker*", "NETMAKER-*"),
        .. Devices(Netmaker, "netmaker"),
        .. Chains(Submariner, "SUBMARINER-*", "SM-GN-*"),
        .. Tables(Submariner, "submariner"),
        .. Devices(Submariner, "submariner", "vx-submariner"),
        .. Tables(Liqo, "liqo*"),
        .. Chains(Liqo, "LIQO-*", "LIQO*"),
        .. Devices(Liqo, "liqo*"),
        .. Chains(KubeSpan, "kubespan_*"),
        .. Devices(KubeSpan, "kubespan"),
        .. Tables(Mullvad, "mullvad", "mullvad_*"),
        .. Comments(NordVpn, "nordvpn*"),
        .. Tables(NordVpn, "nordvpn*"),
        .. Chains(Firezone, "firezone*"),
        .. Tables(Firezone, "firezone*"),
        .. Devices(Nebula, "nebula*"),
    ];

    private static RuleOwner Of(string name) => new(name, RuleOwnerKind.Vpn);
}
