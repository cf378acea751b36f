// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Reads routing policy rules (RTM_GETRULE; struct fib_rule_hdr and attributes of linux/fib_rules.h).</summary>
internal static class RuleReader
{
    private const ushort FraDestination = 1;
    private const ushort FraSource = 2;
    private const ushort FraInputName = 3;
    private const ushort FraGoto = 4;
    private const ushort FraPriority = 6;
    private const ushort FraMark = 10;
    private const ushort FraFlow = 11;
    private const ushort FraSuppressGroup = 13;
    private const ushort FraSuppressPrefixLength = 14;
    private const ushort FraTable = 15;
    private const ushort FraMask = 16;
    private const ushort FraOutputName = 17;
    private const ushort FraPad = 18;
    private const ushort FraProtocol = 21;

    /// <summary>FRA_DSCP_MASK (Linux 6.16).</summary>
    private const ushort FraHighestKnown = 30;

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

        var rule = new RuleFact
        {
            Family = family,
            Priority = 0, // The kernel leaves FRA_PRIORITY out when it is 0.
            Action = payload[7],
            Table = payload[4],
            Invert = (MemoryMarshal.Read<uint>(payload[8..]) & FlagInvert) != 0,
            OtherSelectors = payload[3] != 0, // TOS
        };
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.RuleHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type > FraHighestKnown) unknown++;
            if (Apply(rule, payload, attribute) is { } changed)
            {
                rule = changed;
            }
            else
            {
                // A selector that could not be read must not make the rule look as if it matched everything.
                unknown++;
                rule = rule with { OtherSelectors = true };
            }
        }

        if (reader.IsMalformed) unknown++;
        return reader.IsMalformed ? rule with { OtherSelectors = true } : rule;
    }

    /// <summary>The rule with the attribute; null when it was not understood.</summary>
    private static RuleFact? Apply(RuleFact rule, ReadOnlySpan<byte> header, in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case FraDestination:
                return RtnetlinkAddress.TryReadPrefix(rule.Family, attribute.Payload, header[1], out var to) ? rule with { To = to } : null;
            case FraSource:
                return RtnetlinkAddress.TryReadPrefix(rule.Family, attribute.Payload, header[2], out var from) ? rule with { From = from } : null;
            case FraInputName:
                return attribute.TryGetString(RtnetlinkTypes.MaxNameLength, out var input) ? rule with { InputInterface = input } : null;
            case FraOutputName:
                return attribute.TryGetString(RtnetlinkTypes.MaxNameLength, out var output) ? rule with { OutputInterface = output } : null;
            case FraPriority:
                return attribute.TryGetUInt32(out var priority) ? rule with { Priority = priority } : null;
            case FraMark:
                return attribute.TryGetUInt32(out var mark) ? rule with { Mark = mark } : null;
            case FraMask:
                return attribute.TryGetUInt32(out var mask) ? rule with { MarkMask = mask } : null;
            case FraTable:
                return attribute.TryGetUInt32(out var table) ? rule with { Table = table } : null;
            case FraSuppressPrefixLength:
                // The kernel always sends it; -1 = not set.
                return attribute.TryGetInt32(out var length) ? rule with { SuppressPrefixLength = length < 0 ? null : length } : null;
            case FraGoto or FraFlow or FraSuppressGroup or FraPad or FraProtocol or 0:
                return rule;
            default:
                return rule with { OtherSelectors = true };
        }
    }
}
