// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Reads routing policy rules (RTM_GETRULE; struct fib_rule_hdr and attributes of linux/fib_rules.h).</summary>
internal static class RuleReader
{
    private const byte ActionGoto = 2;

    /// <summary>FIB_RULE_INVERT.</summary>
    private const uint FlagInvert = 2;

    private static readonly DumpKind Kind = new("rules", RtnetlinkTypes.GetRule, RtnetlinkTypes.NewRule, RtnetlinkTypes.RuleHeaderSize);

    public static Reading<IReadOnlyList<RuleFact>> Read(NetlinkConnection connection, Deadline deadline) =>
        FamilyDump.ReadBoth(connection, Kind, Decode, deadline);

    internal static RuleFact? Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.RuleHeaderSize || !RtnetlinkAddress.TryFamily(payload[0], out var family))
        {
            unknown++;
            return null;
        }

        var flags = MemoryMarshal.Read<uint>(payload[8..]);
        var rule = new RuleFact
        {
            Family = family,
            Priority = 0, // The kernel leaves FRA_PRIORITY out when it is 0.
            Action = payload[7],
            Table = payload[4],
            Invert = (flags & FlagInvert) != 0,
            Flags = flags == 0 ? null : flags,
            Tos = payload[3] == 0 ? null : payload[3],
        };
        // A selector that could not be read must not make the rule look as if it matched everything.
        var understood = true;
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.RuleHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (RuleAttributes.Apply(rule, payload, attribute) is { } changed)
            {
                rule = changed;
                continue;
            }

            unknown++;
            understood = false;
        }

        if (reader.IsMalformed) unknown++;
        return rule with
        {
            OtherSelectors = !understood || reader.IsMalformed || LooksAtMore(rule),
            GotoPriority = rule.Action == ActionGoto ? rule.GotoPriority : null,
        };
    }

    /// <summary>True when the rule looks at something that lookups in facts do not know.</summary>
    private static bool LooksAtMore(RuleFact rule) =>
        rule.Tos is not null || rule.Dscp is not null || rule.FlowLabel is not null || rule.IpProtocol is not null || rule.SourcePorts is not null
        || rule.DestinationPorts is not null || rule.UserIds is not null || rule.L3MasterDevice is true || rule.TunnelId is not null
        || rule.SuppressInterfaceGroup is not null;
}
