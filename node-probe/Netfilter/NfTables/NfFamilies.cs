// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>NFPROTO_* and the hooks of each family.</summary>
internal static class NfFamilies
{
    /// <summary>The family with this number; <see cref="NetfilterFamily.Unknown"/> for one that is not known.</summary>
    public static NetfilterFamily Of(uint number) => number switch
    {
        1 => NetfilterFamily.Inet,
        2 => NetfilterFamily.Ipv4,
        3 => NetfilterFamily.Arp,
        5 => NetfilterFamily.Netdev,
        7 => NetfilterFamily.Bridge,
        10 => NetfilterFamily.Ipv6,
        _ => NetfilterFamily.Unknown,
    };

    /// <summary>The hook with this number: enum nf_inet_hooks (bridge has the same first five), NF_ARP_*, enum nf_dev_hooks.</summary>
    public static NetfilterHook HookOf(NetfilterFamily family, uint number) => (family, number) switch
    {
        (NetfilterFamily.Netdev, 0) => NetfilterHook.Ingress,
        (NetfilterFamily.Netdev, 1) => NetfilterHook.Egress,
        (NetfilterFamily.Arp, 0) => NetfilterHook.Input,
        (NetfilterFamily.Arp, 1) => NetfilterHook.Output,
        (NetfilterFamily.Arp, 2) => NetfilterHook.Forward,
        (NetfilterFamily.Netdev or NetfilterFamily.Arp or NetfilterFamily.Unknown, _) => NetfilterHook.Unknown,
        (_, 0) => NetfilterHook.Prerouting,
        (_, 1) => NetfilterHook.Input,
        (_, 2) => NetfilterHook.Forward,
        (_, 3) => NetfilterHook.Output,
        (_, 4) => NetfilterHook.Postrouting,
        (NetfilterFamily.Inet, 5) => NetfilterHook.Ingress,
        _ => NetfilterHook.Unknown,
    };
}
