// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Finds the routing rule that led to a table: the kernel's answer names the table, not the rule.</summary>
internal static class RuleSearch
{
    /// <summary>FR_ACT_TO_TBL of linux/fib_rules.h.</summary>
    private const byte ToTable = 1;

    /// <summary>
    /// The first rule of the table that may match the packet. Null when none may: then the answer came another way (a cached one,
    /// a rule that changed meanwhile, a VRF).
    /// </summary>
    public static RuleFact? Find(WalkNamespace space, RoutingQuestion packet, uint table)
    {
        var input = packet.InputLink is { } index ? space.Link(index)?.Name : null;
        return (space.Facts.Rules.Value ?? [])
            .Where(rule => rule.Family == packet.Destination.Family && rule.Action == ToTable && rule.Table == table)
            .OrderBy(rule => rule.Priority)
            .FirstOrDefault(rule => MayMatch(rule, packet, input));
    }

    private static bool MayMatch(RuleFact rule, RoutingQuestion packet, string? input)
    {
        var matches = (rule.To is not { } to || to.Contains(packet.Destination))
            && (rule.From is not { } from || from.IsDefault || packet.Source is not { } source || from.Contains(source))
            && (rule.Mark is not { } mark || (packet.Mark & (rule.MarkMask ?? uint.MaxValue)) == mark)
            && (string.IsNullOrEmpty(rule.InputInterface) || rule.InputInterface == (input ?? "lo"))
            && (rule.IpProtocol is not { } protocol || protocol == packet.Protocol)
            && InRange(rule.SourcePorts, packet.SourcePort)
            && InRange(rule.DestinationPorts, packet.DestinationPort);
        return matches != rule.Invert;
    }

    private static bool InRange(ValueRange? range, ushort? port) => range is not { } wanted || port is not { } known || (known >= wanted.First && known <= wanted.Last);
}
