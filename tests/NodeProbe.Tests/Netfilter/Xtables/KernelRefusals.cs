// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Why a kernel or its tools may refuse a rule of the list; anything else that is refused fails the test.</summary>
internal static class KernelRefusals
{
    private static readonly (string Word, string Reason)[] Known =
    [
        ("6: 46 filter FORWARD -m osf", "osf is of IPv4 only"),
        ("-m nfacct", "the accounting object must be there before"),
        ("-j SECMARK", "no security module is active"),
        ("-m ipvs", "no IPVS in the kernel"),
        ("-j LED", "no LED triggers in the kernel"),
        ("-j IDLETIMER", "timers have names of the whole machine, and another test run may have one of other kind"),
    ];

    public static string[] Find(IEnumerable<string> refused) => [.. refused.Where(rule => Known.Any(known => rule.Contains(known.Word, StringComparison.Ordinal)))];
}
