// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>What the kernel's modules iptable_* register: type and priority of a table at its hooks.</summary>
internal static class LegacyTables
{
    private const int Postrouting = 4;
    private const int Input = 1;

    /// <summary>Names of the built-in chains by hook (enum nf_inet_hooks).</summary>
    public static readonly string[] ChainNames = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

    private static readonly NetfilterHook[] Hooks =
        [NetfilterHook.Prerouting, NetfilterHook.Input, NetfilterHook.Forward, NetfilterHook.Output, NetfilterHook.Postrouting];

    public static NetfilterHook HookOf(int hook) => Hooks[hook];

    /// <summary>NF_IP_PRI_* of linux/netfilter_ipv4.h; null for a table that this code does not know.</summary>
    public static int? PriorityOf(string table, int hook) => table switch
    {
        "raw" => -300,
        "mangle" => -150,
        // Source NAT happens behind everything else, in postrouting and input.
        "nat" => hook is Postrouting or Input ? 100 : -100,
        "filter" => 0,
        "security" => 50,
        _ => null,
    };

    /// <summary>The type nf_tables would call it: mangle's output chain routes again when it changed something.</summary>
    public static string TypeOf(string table, int hook) => table switch
    {
        "nat" => "nat",
        "mangle" when hook == 3 => "route",
        _ => "filter",
    };
}
