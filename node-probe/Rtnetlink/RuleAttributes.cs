// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>FRA_* of linux/fib_rules.h.</summary>
internal static class RuleAttributes
{
    private const ushort FraDestination = 1;
    private const ushort FraSource = 2;
    private const ushort FraInputName = 3;
    private const ushort FraGoto = 4;
    private const ushort FraPriority = 6;
    private const ushort FraMark = 10;
    private const ushort FraFlow = 11;
    private const ushort FraTunnelId = 12;
    private const ushort FraSuppressGroup = 13;
    private const ushort FraSuppressPrefixLength = 14;
    private const ushort FraTable = 15;
    private const ushort FraMask = 16;
    private const ushort FraOutputName = 17;
    private const ushort FraPad = 18;
    private const ushort FraL3MasterDevice = 19;
    private const ushort FraUserIds = 20;
    private const ushort FraProtocol = 21;
    private const ushort FraIpProtocol = 22;
    private const ushort FraSourcePorts = 23;
    private const ushort FraDestinationPorts = 24;
    private const ushort FraDscp = 25;
    private const ushort FraFlowLabel = 26;
    private const ushort FraFlowLabelMask = 27;
    private const ushort FraSourcePortMask = 28;
    private const ushort FraDestinationPortMask = 29;
    private const ushort FraDscpMask = 30;

    /// <summary>The rule with the attribute; null when it was not understood.</summary>
    public static RuleFact? Apply(RuleFact rule, ReadOnlySpan<byte> header, in NetlinkAttribute attribute)
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
            case FraTable:
                return attribute.TryGetUInt32(out var table) ? rule with { Table = table } : null;
            case FraGoto:
                return attribute.TryGetUInt32(out var target) ? rule with { GotoPriority = target } : null;
            case FraSuppressPrefixLength:
                // The kernel always sends it; -1 = not set.
                return attribute.TryGetInt32(out var length) ? rule with { SuppressPrefixLength = length < 0 ? null : length } : null;
            case FraSuppressGroup:
                return attribute.TryGetInt32(out var group) ? rule with { SuppressInterfaceGroup = group < 0 ? null : (uint)group } : null;
            case FraFlow:
                return attribute.TryGetUInt32(out var realms) ? rule with { Realms = realms } : null;
            case FraProtocol:
                return attribute.TryGetByte(out var origin) ? rule with { Protocol = origin == 0 ? null : origin } : null;
            case FraPad or 0:
                return rule;
            default:
                return ApplySelector(rule, attribute);
        }
    }

    private static RuleFact? ApplySelector(RuleFact rule, in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case FraMark:
                return attribute.TryGetUInt32(out var mark) ? rule with { Mark = mark } : null;
            case FraMask:
                return attribute.TryGetUInt32(out var mask) ? rule with { MarkMask = mask } : null;
            case FraTunnelId:
                return TryGetTunnelId(attribute, out var tunnel) ? rule with { TunnelId = tunnel } : null;
            case FraL3MasterDevice:
                return attribute.TryGetByte(out var master) ? rule with { L3MasterDevice = master != 0 } : null;
            case FraUserIds:
                return TryGetRange(attribute, sizeof(uint), out var users) ? rule with { UserIds = users } : null;
            case FraIpProtocol:
                return attribute.TryGetByte(out var protocol) ? rule with { IpProtocol = protocol } : null;
            case FraSourcePorts:
                return TryGetRange(attribute, sizeof(ushort), out var sources) ? rule with { SourcePorts = sources } : null;
            case FraDestinationPorts:
                return TryGetRange(attribute, sizeof(ushort), out var destinations) ? rule with { DestinationPorts = destinations } : null;
            case FraSourcePortMask:
                return attribute.TryGetUInt16(out var sourceMask) ? rule with { SourcePortMask = sourceMask } : null;
            case FraDestinationPortMask:
                return attribute.TryGetUInt16(out var destinationMask) ? rule with { DestinationPortMask = destinationMask } : null;
            case FraDscp:
                return attribute.TryGetByte(out var dscp) ? rule with { Dscp = dscp } : null;
            case FraDscpMask:
                return attribute.TryGetByte(out var dscpMask) ? rule with { DscpMask = dscpMask } : null;
            case FraFlowLabel:
                return attribute.TryGetUInt32BigEndian(out var label) ? rule with { FlowLabel = label } : null;
            case FraFlowLabelMask:
                return attribute.TryGetUInt32BigEndian(out var labelMask) ? rule with { FlowLabelMask = labelMask } : null;
            default:
                return null;
        }
    }

    /// <summary>FRA_TUN_ID is in network order (nla_put_be64).</summary>
    private static bool TryGetTunnelId(in NetlinkAttribute attribute, out ulong id)
    {
        id = 0;
        return attribute.Payload.Length == sizeof(ulong) && BinaryPrimitives.TryReadUInt64BigEndian(attribute.Payload, out id);
    }

    /// <summary>struct fib_rule_uid_range and fib_rule_port_range: two numbers in native order.</summary>
    private static bool TryGetRange(in NetlinkAttribute attribute, int size, out ValueRange range)
    {
        range = default;
        var bytes = attribute.Payload;
        if (bytes.Length != 2 * size) return false;
        range = size == sizeof(ushort)
            ? new ValueRange(MemoryMarshal.Read<ushort>(bytes), MemoryMarshal.Read<ushort>(bytes[2..]))
            : new ValueRange(MemoryMarshal.Read<uint>(bytes), MemoryMarshal.Read<uint>(bytes[4..]));
        return true;
    }
}
