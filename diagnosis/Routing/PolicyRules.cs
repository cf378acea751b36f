// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Routing;

/// <summary>
/// The routing rules as an ordinary packet meets them: locally made, unmarked, source not yet chosen. Rules that look at a source, a
/// mark or an incoming interface do not match such a packet; what they do to others is not judged here.
/// </summary>
internal static class PolicyRules
{
    public const uint LocalTable = 255;
    public const uint MainTable = 254;
    public const uint DefaultTable = 253;

    /// <summary>FR_ACT_TO_TBL of linux/fib_rules.h.</summary>
    private const byte ToTable = 1;

    /// <summary>What the kernel installs at start (fib_default_rules_init).</summary>
    private static readonly RuleFact[] Defaults =
    [
        new() { Family = IpFamily.IPv4, Priority = 0, Action = ToTable, Table = LocalTable },
        new() { Family = IpFamily.IPv4, Priority = 32766, Action = ToTable, Table = MainTable },
        new() { Family = IpFamily.IPv4, Priority = 32767, Action = ToTable, Table = DefaultTable },
    ];

    /// <summary>Rules of a family in the order in which they are asked; the kernel's defaults when none were read.</summary>
    public static IReadOnlyList<RuleFact> Ordered(IReadOnlyList<RuleFact> all, IpFamily family)
    {
        var own = all.Where(rule => rule.Family == family).OrderBy(rule => rule.Priority).ThenBy(rule => rule.Table).ToList();
        return own.Count > 0 ? own : Defaults;
    }

    /// <summary>True for rules that name a table and look at nothing but what is written in the fact.</summary>
    public static bool IsTableLookup(RuleFact rule) => rule is { Action: ToTable, OtherSelectors: false };

    public static bool Matches(RuleFact rule, IpAddr destination)
    {
        var matches = (rule.To is not { } to || to.Contains(destination))
            && (rule.From is not { } from || from.IsDefault)
            && (rule.Mark is not { } mark || (mark & (rule.MarkMask ?? uint.MaxValue)) == 0)
            && string.IsNullOrEmpty(rule.InputInterface)
            && string.IsNullOrEmpty(rule.OutputInterface);
        return matches != rule.Invert;
    }

    /// <summary>Whether the rule matches a packet; null when it looks at something that is not known of it.</summary>
    public static bool? Matches(RuleFact rule, Flow flow)
    {
        if (rule.OtherSelectors) return null;
        var matches = (rule.To is not { } to || to.Contains(flow.Destination))
            && (rule.From is not { } from || from.IsDefault || (flow.Source is { } source && from.Contains(source)))
            && (rule.Mark is not { } mark || (flow.Mark & (rule.MarkMask ?? uint.MaxValue)) == mark)
            && (string.IsNullOrEmpty(rule.InputInterface) || rule.InputInterface == (flow.Input ?? "lo"))
            && string.IsNullOrEmpty(rule.OutputInterface);
        return matches != rule.Invert;
    }
}
