// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>Packet filters of the node, and what sees packets beside them.</summary>
internal static class FirewallRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new FwmarkKubeBitsRule(),
        new XfrmPolicyBlockRule(),
        new UdpPortBlockedInputRule(),
        new EbpfDatapathDropRule(),
        new RpfFirewallRule(),
        new FirewalldZoneRule(),
        new IptLegacyNftSplitRule(),
        new NftForwardDropRule(),
        new IptForwardPolicyDropRule(),
        new OverlayInputDropRule(),
        new CniPolicyDropRule(),
        new TailscaleCgnatDropRule(),
        new WgQuickAntispoofRule(),
        new IcmpPmtuFilteredRule(),
        new MssNoClampRule(),
        new TargetHostFilterRule(),
    ];
}
